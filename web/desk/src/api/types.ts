/** Shapes of the HTTP API under the desk's names; times are ISO-8601 UTC. Made by `make types`. */
import type { components, paths } from './schema'

export type Shapes = components['schemas']

/** What a server's open field holds is named here: the server keeps it as it is given. */
export type Open<Shape, Fields> = Omit<Shape, keyof Fields> & Fields

export interface Page<T> { items: T[]; next: string | null }

export type Named = Shapes['Named']
export type Brand = Shapes['Brand']
export type Me = Open<Shapes['Me'], { preferences: Preferences }>
/** The desk's own: the server keeps any JSON up to 8 KB. */
export type NextStep = Shapes['NextStep']

export interface Preferences {
  theme?: 'light' | 'dark' | 'system'
  density?: 'comfortable' | 'compact'
  language?: string
  enter_sends?: boolean
  sounds?: Partial<Record<SoundName, number>>
  notices?: boolean
  notice_text?: boolean
  keys?: Record<string, string>
  /** Senders of mails whose pictures show by themselves, by keys that name nobody. */
  mail_pictures?: string[]
}
export type SoundName = 'offer' | 'message' | 'late'

export type Tag = Shapes['Tag']
export type ConversationRow = Shapes['ConversationRow']
export type ConversationState = ConversationRow['state']
export type Priority = ConversationRow['priority']
export type SnoozeTime = Shapes['SnoozeTime']
export type Message = Shapes['Message']
export type MessageKind = Message['kind']
export type StoredFile = Shapes['File']
export type Quote = Shapes['Quote']
export type Source = Shapes['Source']
export type Conversation = Shapes['Conversation']
export type Counts = Shapes['Counts']
export type Reason = Shapes['ShownReason']
export type ReadyReply = Shapes['ReadyReply']
export type RichTemplate = Shapes['RichTemplate']
export type RichContent = Shapes['Rich']

export type CustomerRow = Shapes['CustomerRow']
export type CustomerCard = Shapes['CustomerCard']
export type Found = Shapes['Found']

export type Presence = Shapes['Presence']
export type PresenceState = Presence['state']
export type Offer = Shapes['Offer']
export type TransferTargets = Shapes['Targets']
export type Queue = Shapes['Queue']
export type Suggestion = Shapes['Suggestion']

/** The live channel is no HTTP: its frames are declared here only. */
export interface Fact {
  id: string
  type: string
  at: string
  conversation_id: string | null
  case_id: string | null
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

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Filled<Path> = Path extends `${infer Before}{${string}}${infer After}` ? `${Before}${string}${Filled<After>}` : Path
type With<M extends Method> = { [Path in keyof paths]: paths[Path] extends Record<M, { responses: unknown }> ? Path : never }[keyof paths]
/** Addresses under `/api` that take a method; `${id}` stands where the description has `{id}`. */
export type PathOf<M extends Method> = Filled<With<M>> extends infer Path ? (Path extends `/api${infer Rest}` ? Rest : never) : never
