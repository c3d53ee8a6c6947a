/** Cases as the screens know them. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export type CaseItem = Shapes['CaseItem']
export type CaseView = Shapes['CaseView']
export type Column = Shapes['BoardColumn']
export type Counts = Shapes['CaseCounts']
export type Line = Shapes['TimelineEntry']
export type Beside = Shapes['BesideConversation']
export type State = CaseItem['state']
export type MovedTo = 'open' | 'working' | 'waiting' | 'done'

export const STATES: MovedTo[] = ['open', 'working', 'waiting', 'done']
export const tones: Record<State, Tone> = { open: 'neutral', working: 'info', waiting: 'neutral', done: 'warning', closed: 'calm' }

/** The clock stands while it waits, and there is none once it is done. */
export const ticks = (one: CaseItem) => one.state === 'open' || one.state === 'working'
export const clock = (one: CaseItem) => ({ due: Date.parse(one.due_at), warn: Date.parse(one.warn_at) })
