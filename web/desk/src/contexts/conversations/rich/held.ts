/** Cards that stand in a composer: one for each conversation, which goes with the next reply. */
import { shallowReactive } from 'vue'
import type { RichContent, StoredFile } from '@/api/types'

/** `intro` stays empty here: the words before a card are what is written in the composer. */
export interface Held { content: RichContent; files: StoredFile[]; template_id: string | null; canned_reply_id?: string | null }
/** The same with its words, on its way. */
export type Carried = Held
export const LONGEST_INTRO = 1000

const held = shallowReactive(new Map<string, Held>())

export const heldIn = (id: string): Held | undefined => held.get(id)
export const letGo = (id: string): void => void held.delete(id)
/** Put a card into a composer, without the words before it: those are text. */
export function hold(id: string, content: RichContent, files: StoredFile[], template_id: string | null, canned_reply_id: string | null = null): void {
  held.set(id, { content: { ...content, intro: '' }, files, template_id, canned_reply_id })
}

/** The card with the words that were written before it. */
export const withWords = (one: Held, text: string): Carried => ({ ...one, content: { ...one.content, intro: text.trim() } })

/** Why it cannot go like this, as the end of a wording key; null where it can. */
export function hindrance(one: Held, text: string, files: number): 'held_words' | 'held_too_long' | 'held_files' | null {
  if (files) return 'held_files'
  if (text.trim().length > LONGEST_INTRO) return 'held_too_long'
  return one.content.block || text.trim() ? null : 'held_words'
}
