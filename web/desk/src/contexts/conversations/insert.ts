/** The way from a suggestion or a canned reply into the open composer, and what is being written there. */
import { shallowReactive } from 'vue'

type Insert = (text: string, article_id?: string) => void
type Replace = (text: string) => void
let target: Insert | null = null
let whole: Replace | null = null

/** What stands in the open composer. An input method that is composing has not said it yet. */
export const composed = shallowReactive({ id: '', kind: 'agent' as 'agent' | 'note', text: '' })
/** Asked before a reply goes; `false` keeps it. */
export const beforeSending = { ask: null as ((text: string) => boolean) | null }

export function composerTakes(insert: Insert, replace: Replace): () => void {
  target = insert
  whole = replace
  return () => { if (target === insert) target = whole = null }
}

/** Put text into the open composer. Returns whether there was one. */
export function insertIntoComposer(text: string, article_id?: string): boolean {
  target?.(text, article_id)
  return target !== null
}

/** Put text in the place of what is written, and the caret behind it. */
export const replaceComposed = (text: string): void => whole?.(text)
