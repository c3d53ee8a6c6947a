/** What promises look like: their moment in words, and how urgent they are. */
import type { Shapes } from '@/api/types'
import { fullTime } from '@/app/dates'

export type Promised = Shapes['PromiseView']
export type Show = 'open' | 'soon' | 'broken' | 'settled'
export const KINDS = ['follow_up', 'call_back', 'visit', 'other'] as const

/** Red is broken or over, amber soon; what is settled or far away has no colour. */
export function toneOf(one: Promised): string {
  if (one.settled_at) return 'text-fg-3'
  if (one.state === 'broken' || one.standing === 'late') return 'text-danger'
  return one.standing === 'soon' ? 'text-warning' : 'text-fg-2'
}

export const dueText = (one: Promised) => fullTime(one.due_at).slice(5)
