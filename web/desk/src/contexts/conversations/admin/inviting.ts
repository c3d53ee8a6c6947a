/** Canned replies that can begin a conversation with somebody whose name nobody knows. Pure. */
import { preview, type Variable } from './canned'
import type { Canned } from './types'

export const LONGEST = 300

export function openers(replies: Canned[], agent: string, house: string): { id: string; title: string; text: string }[] {
  const samples = { 'agent.name': agent, 'organisation.name': house } as Record<Variable, string>
  return replies.flatMap((one) => {
    const pieces = preview(one.body, samples)
    const text = pieces.map((piece) => piece.text).join('')
    const whole = pieces.every((piece) => piece.kind === 'text' || piece.kind === 'value')
    return whole && text.length <= LONGEST ? [{ id: one.id, title: one.title, text }] : []
  })
}
