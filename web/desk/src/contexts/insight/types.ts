import type { PresenceState } from '@/api/types'

export interface Figure { value: number | null; n: number; low: number | null; high: number | null }
export type Rail = 'none' | 'missed' | 'near' | 'met' | 'costly'
export interface QueueState {
  id: string | null
  name: string | null
  open: boolean | null
  waiting: number
  longest_s: number
  oldest_at: string | null
  service_level: Figure
  rail: Rail
  within_s: number | null
  entered: number
  offered: number
  answered: number
  abandoned: number
  abandonment: number | null
  asa_s: number | null
}
export interface AgentState {
  id: string
  name: string
  team: string | null
  state: PresenceState
  reason: string | null
  since: string
  load: number
  capacity: number
  conversations: { id: string; number: number; customer_name: string }[]
}
export interface Wallboard {
  at: string
  watermark_at: string
  day_starts_at: string
  queues: QueueState[]
  total: QueueState
  agents: AgentState[]
  digital: { share: number | null; n: number; low: number | null; high: number | null; open: number }
  service_level_by_interval: { at: string; value: number | null; n: number }[]
  target: { floor: number; low: number; high: number; warn: number; within_s: number }
}
export interface Explanation { [key: string]: unknown }
