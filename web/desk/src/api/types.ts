/** Shapes of the HTTP API, written by hand after the server's structs; times are ISO-8601 UTC. */
export interface Page<T> { items: T[]; next: string | null }

export interface Named { id: string; name: string }
export interface Brand extends Named { slug: string; colour: string }
export interface Me {
  member: { id: string; name: string; login: string; language: string; role: string; avatar_url?: string | null; capacity: number }
  organisation: { id: string; name: string; language: string; time_zone: string }
  permissions: string[]
  brands: Brand[]
  teams: Named[]
  queues?: Named[]
  preferences: Preferences
}
export interface Preferences {
  theme?: 'light' | 'dark' | 'system'
  density?: 'comfortable' | 'compact'
  language?: string
  enter_sends?: boolean
  sounds?: Partial<Record<SoundName, number>>
  notices?: boolean
  notice_text?: boolean
  keys?: Record<string, string>
}
export type SoundName = 'offer' | 'message' | 'late'

export interface Tag { id: string; name: string; colour: string | null }
export type ConversationState = 'digital' | 'waiting' | 'serving' | 'closed'
export interface ConversationRow {
  id: string
  number: number
  state: ConversationState
  channel_kind: string
  channel_name: string
  channel_id: string
  brand_id: string | null
  customer: { id: string; name: string; tier: string | null; verified: boolean }
  queue_id: string | null
  agent_id: string | null
  agent_name: string | null
  preview: string
  preview_kind: MessageKind | null
  last_message_at: string
  last_seq: number
  unread: number
  awaiting_since: string | null
  opened_at: string
  closed_at: string | null
  tags: Tag[]
  reason_id: string | null
  reason_label: string | null
  solved: boolean | null
  rating: number | null
  customer_read_seq: number
  customer_delivered_seq: number
  agent_read_seq: number
  version: number
  language: string | null
}

export type MessageKind = 'customer' | 'agent' | 'digital' | 'note' | 'system'
export interface StoredFile {
  id: string
  name: string
  kind: 'image' | 'video' | 'audio' | 'file'
  mime: string
  size: number
  width: number | null
  height: number | null
  url: string
  thumb_url: string | null
}
export interface Source { article_id: string | null; title: string; url: string | null; slug: string | null }
export interface Message {
  id: string
  conversation_id: string
  seq: number
  kind: MessageKind
  text: string
  /** The customer's name is in the row, not here. */
  author: { kind: string; id: string | null; name: string | null }
  at: string
  client_id: string | null
  files: StoredFile[]
  sources: Source[]
  mentions: string[]
  code: string | null
  params: Record<string, unknown> | null
  state: 'sent' | 'delivered' | 'read'
}
export interface Conversation extends ConversationRow {
  messages: Page<Message>
  page_trail: { url: string; title: string; at: string }[]
  draft: { text: string; kind: 'agent' | 'note' } | null
  earlier: number
  wait_s: number | null
  may: Record<string, boolean>
}
export interface Counts { mine: number; queue: number; all: number; digital: number; unread: number }
export interface Reason { id: string; parent_id: string | null; name_zh: string; name_en: string; label: string; position: number; active: boolean }
export interface CannedReply { id: string; shortcut: string; title: string; body: string; scope: 'all' | 'team' | 'own'; team_id: string | null; language: string | null }

export interface CustomerRow { id: string; name: string; tier: string | null; masked?: Record<string, string>; since?: string | null; last_contact_at?: string | null; verified?: boolean }
export interface CustomerCard {
  id: string
  name: string
  masked: Record<string, string>
  identities: { id: string; kind: string; value_masked: string; verified: boolean }[]
  attributes: { key: string; label: string; value: string; privacy: string; masked: boolean }[]
  preferences: Record<string, unknown>
  tier: string | null
  since: string | null
  notes: { id: string; text: string; author_name: string; at: string }[]
  version: number
}
export interface Found {
  conversations: Page<ConversationRow>
  messages: Page<{ message: Message; conversation_row: ConversationRow; highlight: [number, number][] }>
  customers: Page<CustomerRow>
}

export type PresenceState = 'ready' | 'busy' | 'wrap_up' | 'break' | 'offline'
export interface Presence { state: PresenceState; reason: string | null; since: string; load: number; capacity: number; offers: Offer[] }
export interface Offer {
  leg_id: string
  conversation_id: string
  row: ConversationRow
  queue_id: string | null
  queue_name: string | null
  offered_at: string
  expires_at: string
  offer: number
  why: Record<string, unknown>
}
export interface TransferTargets {
  agents: { id: string; name: string; state: PresenceState; load: number; capacity: number; team: string | null }[]
  teams: (Named & { ready: number })[]
  queues: { id: string; name: string; open: boolean; waiting: number; wait: { low_s: number | null; high_s: number | null } | null }[]
}
export interface Queue {
  id: string
  name: string
  brand_id: string | null
  open: boolean
  skills: string[]
  team_ids: string[]
  member_ids: string[]
  waiting: number
  longest_s: number
  hours_id: string | null
  target_s: number
}
export interface Suggestion { article_id: string; title: string; excerpt: string; url: string | null; slug: string; audience: string; score: number; body_html: string | null }

export interface Fact {
  id: string
  type: string
  at: string
  conversation_id: string | null
  leg_id: string | null
  agent_id: string | null
  queue_id: string | null
  customer_id: string | null
  actor: string
  payload: Record<string, unknown>
}
export type Frame =
  | { t: 'hello'; cursor: string; now: string; presence?: Presence | null }
  | { t: 'facts'; cursor: string; facts: Fact[]; conversations: ConversationRow[]; messages: Message[]; gone: string[] }
  | { t: 'signal'; kind: string; conversation_id?: string; who?: { kind: string; id: string; name: string | null }; on?: boolean }
  | { t: 'resync' }
  | { t: 'pong' }
  | { t: 'bye' }
