/** Crisis files: their shapes and codes. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export type Crisis = Shapes['Crisis']
export type CrisisLine = Shapes['CrisisLine']
export type Statement = Shapes['CrisisStatement']
export type Entry = Shapes['CrisisEntry']
export const KINDS = ['exposure', 'regulator', 'boycott', 'safety', 'outage', 'other'] as const
export const ENTRY_KINDS = ['event', 'press', 'regulator', 'boycott'] as const

export const toneOf: Record<Statement['state'], Tone> = { draft: 'neutral', asked: 'warning', approved: 'calm', refused: 'danger', published: 'calm', withdrawn: 'neutral' }

/** What waits for an answer: asked by the press, an authority or a campaign. */
export const waits = (one: Pick<Entry, 'kind' | 'answered_at'>) => one.kind !== 'event' && !one.answered_at

/** How many of the steps are over, of all. */
export const progress = (one: Pick<CrisisLine, 'steps' | 'done'>) => (one.steps ? `${one.done}/${one.steps}` : '–')
