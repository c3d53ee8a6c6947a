// What the views show.
import type { Thread } from './thread'
import type { Config, Message, Parcel } from './types'
import type { Language } from './words'

export interface State {
  phase: 'loading' | 'ready' | 'failed' | 'gone'
  config: Config | null
  thread: Thread
  pending: Parcel[]
  /** What the next message will answer to. */
  quote?: Message | null
  uploads: Record<string, number>
  /** Whether the device is online and the socket stands. */
  online: boolean
  live: boolean
  open: boolean
  unread: number
  large: boolean
  sound: boolean
  language: Language
  /** The visitor chose to start again after the end. */
  fresh: boolean
  rated: 'no' | 'sending' | 'failed' | 'done'
  note: string | null
}
