/** Cards that stand in a composer: one for each conversation, which goes with the next reply and is kept with its draft. */
import type { RichContent, StoredFile } from '@/api/types'
import { saveCard } from '../drafts'
import type { Held } from '../written'

export { heldIn } from '../drafts'
export type { Held } from '../written'
/** The same with its words, on its way. */
export type Carried = Held
export const LONGEST_INTRO = 1000

export const letGo = (id: string): void => saveCard(id, null)
/** Put a card into a composer, without the words before it: those are text. */
export function hold(id: string, content: RichContent, files: StoredFile[], template_id: string | null, canned_reply_id: string | null = null): void {
  saveCard(id, { content: { ...content, intro: '' }, files, template_id, canned_reply_id })
}

/** The card with the words that were written before it. */
export const withWords = (one: Held, text: string): Carried => ({ ...one, content: { ...one.content, intro: text.trim() } })

const LONGEST: Record<string, number> = { title: 80, text: 400, label: 24, number: 40, state: 24, quick: 24 }
/** Whether a part is longer than it may be, as it can be once it is filled in; what is still to be filled in is not counted. */
export function isLong(part: unknown, name = ''): boolean {
  if (typeof part === 'string') return !part.includes('{{') && [...part].length > (LONGEST[name] ?? Infinity)
  if (Array.isArray(part)) return part.some((one) => isLong(one, name))
  return !!part && Object.entries(part).some(([of, one]) => isLong(one, of))
}

/** Why it cannot go like this, as the end of a wording key; null where it can. */
export function hindrance(one: Held, text: string, files: number): 'held_words' | 'held_too_long' | 'held_files' | 'held_long' | null {
  if (files) return 'held_files'
  if (text.trim().length > LONGEST_INTRO) return 'held_too_long'
  if (isLong(one.content)) return 'held_long'
  return one.content.block || text.trim() ? null : 'held_words'
}
