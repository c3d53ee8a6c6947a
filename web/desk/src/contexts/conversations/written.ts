/** What is half written, for the marks in lists; what keeps it comes with the composer. */
import { reactive, shallowReactive } from 'vue'
import type { RichContent, StoredFile } from '@/api/types'

/** `intro` stays empty here: the words before a card are what is written in the composer. */
export interface Held { content: RichContent; files: StoredFile[]; template_id: string | null; canned_reply_id?: string | null }
/** By conversation and kind. */
export const drafts = reactive(new Map<string, string>())
/** By conversation; `null` where one was taken out again. */
export const cards = shallowReactive(new Map<string, Held | null>())

export function hasDraft(id: string): boolean {
  return !!(cards.get(id) || drafts.get(`${id}/agent`) || drafts.get(`${id}/note`))
}
