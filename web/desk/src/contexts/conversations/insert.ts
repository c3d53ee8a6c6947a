/** The way from a suggestion or a canned reply into the open composer, and what is being written there. */
import { shallowReactive } from 'vue'
import type { Held } from './rich/held'
import type { Wanted } from './outbox'

type Insert = (text: string, article_id?: string) => void
type Replace = (text: string) => void
/** A way of a reply that is ready; `false` leaves it in the composer. With `again` somebody may be asked first, and it is tried anew. */
export type Way = ((wanted: Wanted) => unknown) & { again?: () => void }
type Ship = (by: Way) => boolean
type Taker = [insert: Insert, replace: Replace, ship: Ship]
let target: Taker | null = null

/** What stands in the open composer. An input method that is composing has not said it yet. */
export const composed = shallowReactive({ id: '', kind: 'agent' as 'agent' | 'note', text: '', card: null as Held | null, mail: false })
/** Asked before a reply goes; `false` keeps it. `label` is the word on the button where pressing it does something else. */
export const beforeSending = shallowReactive({ ask: null as ((text: string) => boolean) | null, label: '' })

export function composerTakes(taker: Taker): () => void {
  target = taker
  return () => { if (target === taker) target = null }
}

/** Put text into the open composer. Returns whether there was one. */
export function insertIntoComposer(text: string, article_id?: string): boolean {
  target?.[0](text, article_id)
  return target !== null
}

/** Put text in the place of what is written, and the caret behind it. */
export const replaceComposed = (text: string): void => target?.[1](text)

/** Let what stands in the composer go another way than out. Returns whether it went. */
export const shipComposed: Ship = (by) => !!target?.[2](by)
