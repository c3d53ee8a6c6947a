// What the visitor's side of the server says and takes (visitor API and live frames).

export interface FileInfo {
  id: string
  name: string
  kind: 'image' | 'video' | 'audio' | 'file'
  mime: string
  size: number
  width?: number | null
  height?: number | null
  /** Nothing while a scanner holds it. */
  url: string
  thumb_url?: string | null
  scan?: string
}

export interface Source {
  article_id: string
  title: string
  url: string
}

/** What a message answers to; nothing of it where that was taken back. */
export interface Quote {
  id: string
  seq: number | null
  kind: Message['kind']
  author_name?: string | null
  text: string
  file_name?: string | null
  recalled: boolean
}

export interface Message {
  id: string
  seq: number
  kind: 'customer' | 'agent' | 'digital' | 'system'
  text: string
  author_name?: string | null
  at: string
  client_id?: string | null
  files?: FileInfo[]
  sources?: Source[]
  code?: string | null
  params?: Record<string, unknown> | null
  judged?: 'solved' | 'unsolved' | null
  state?: 'sent' | 'delivered' | 'read' | null
  quote?: Quote | null
  reactions?: { code: string; own: boolean }[]
  recalled?: boolean
}

/** The message as the server has it, and the conversation with it. */
export interface Written {
  message: Message
  conversation: Conversation
}

export interface Other {
  kind: string
  label: string
  href: string | null
}

export interface Conversation {
  id: string
  number?: number
  state: 'digital' | 'waiting' | 'serving' | 'closed'
  agent: { name: string; avatar_url?: string | null } | null
  last_seq: number
  /** Another number: the messages were numbered anew, those held are replaced. */
  layout?: number
  messages?: Message[]
  waiting: { position: number; low_s: number; high_s: number; updated_at: string } | null
  out_of_hours: { next_open_at: string | null; promised_at: string | null } | null
  survey: { token: string; asked: boolean | string | null; answered: boolean | string | null } | null
  agent_read_seq: number
  /** How far the visitor has read. */
  read_seq?: number
  others?: Other[]
}

export interface Look {
  colour?: string
  position?: string
  title_zh?: string
  title_en?: string
  greeting_zh?: string
  greeting_en?: string
  questions_zh?: string
  questions_en?: string
  phone?: string
}

export interface Brand {
  name: string
  mark?: string | null
  footer_zh: string
  footer_en: string
  links: { name_zh: string; name_en: string; url: string }[]
}

export interface Config {
  channel: { name: string; look?: Look; texts?: Record<string, string>; phone?: string | null }
  languages?: string[]
  hours?: { open_now: boolean; next_open_at: string | null; text?: string | null }
  brand?: Brand | null
  limits?: { file_bytes?: number; files?: number; text_length?: number }
  others?: Other[]
}

export interface Session {
  token: string
  visitor_id: string
  identified: boolean
  name?: string | null
  conversation: Conversation | null
}

export interface Identity {
  id: string
  name?: string
  email?: string
  phone?: string
  exp: number
  hash: string
}

export interface Page {
  url: string
  title: string
  referrer?: string
}

/** A message that waits to be sent; it lives on this device until the server has it. */
export interface Parcel {
  client_id: string
  at: number
  text: string
  files: ParcelFile[]
  reply_to?: string
  failed?: string
}

export interface ParcelFile {
  name: string
  mime: string
  size: number
  blob?: Blob
  file_id?: string
}

export type Frame =
  | { t: 'hello'; cursor?: string }
  | { t: 'messages'; messages: Message[]; cursor?: string }
  | { t: 'conversation'; conversation: Conversation | null; cursor?: string }
  | { t: 'receipts'; delivered?: number; read?: number; cursor?: string }
  | { t: 'typing'; on: boolean; name?: string }
  | { t: 'resync'; cursor?: string }
  | { t: 'pong' }
