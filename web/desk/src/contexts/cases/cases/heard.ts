/** Which facts somebody wants to hear at once, in which words, and where they lead. */
import type { Fact } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export interface Heard { words: string; values: Record<string, unknown>; tone: Tone; path: string }
type Of = Pick<Fact, 'type' | 'agent_id' | 'case_id' | 'conversation_id' | 'actor' | 'payload'>

const idOf = (value: unknown) => (typeof value === 'string' ? value : null)

/** `whole` is whether the cases themselves may be seen; who only helps is led to the steps of his department. */
export function heardOf(fact: Of, me: string, whole: boolean): Heard | null {
  const told = ((fact.payload.member_ids ?? []) as string[]).includes(me)
  const mine = fact.agent_id === me
  // What one does oneself is no news.
  if ((!told && !mine) || fact.actor === `member:${me}`) return null
  const case_id = fact.case_id ?? idOf(fact.payload.case_id)
  const to = whole && case_id ? `/desk/cases/${case_id}` : '/desk/cases/department'
  switch (fact.type) {
    case 'CaseUrged': return fact.payload.counted === false ? null : { words: 'heard_urged', values: { n: fact.payload.times ?? 1 }, tone: told ? 'danger' : 'warning', path: to }
    case 'CaseOverdue': return { words: 'heard_overdue', values: {}, tone: 'danger', path: to }
    case 'PromiseBroken': return { words: 'heard_broken', values: {}, tone: 'danger', path: whole ? '/desk/cases/promises' : to }
    case 'StepReady': return { words: mine ? 'heard_step_mine' : 'heard_step', values: {}, tone: 'info', path: mine && fact.payload.who === 'owner' ? to : '/desk/cases/department' }
    case 'StepOverdue': return { words: 'heard_step_late', values: {}, tone: 'warning', path: whole ? to : '/desk/cases/department' }
    default: return null
  }
}
