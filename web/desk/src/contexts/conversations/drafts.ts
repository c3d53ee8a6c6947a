/** What is being typed, a reply and a note beside each other: at once in the browser, a moment later on the server. */
import { reactive } from 'vue'
import { api } from '@/api/client'

export type Kind = 'agent' | 'note'
export interface Draft { text: string; kind: Kind }
const drafts = reactive(new Map<string, string>())
const kinds = new Map<string, Kind>()
const timers = new Map<string, number>()
const both: Kind[] = ['agent', 'note']

export function draftOf(id: string, kind: Kind): string {
  return drafts.get(`${id}/${kind}`) ?? ''
}

export function hasDraft(id: string): boolean {
  return both.some((kind) => draftOf(id, kind))
}

/** Which of the two was written last. */
export function lastKind(id: string): Kind | undefined {
  return kinds.get(id)
}

export function useKind(id: string, kind: Kind): void {
  kinds.set(id, kind)
}

/** Take the server's drafts, oldest first, where nothing was typed here since. Returns whether there was any. */
export function offerDrafts(id: string, given: Draft[]): boolean {
  const fresh = given.filter((one) => one.text && !drafts.has(`${id}/${one.kind}`))
  for (const one of fresh) drafts.set(`${id}/${one.kind}`, one.text)
  if (fresh.length && !kinds.has(id)) kinds.set(id, fresh[fresh.length - 1].kind)
  return fresh.length > 0
}

export function saveDraft(id: string, { text, kind }: Draft): void {
  const key = `${id}/${kind}`
  drafts.set(key, text)
  kinds.set(id, kind)
  clearTimeout(timers.get(key))
  timers.set(key, window.setTimeout(() => write(id, kind), 700))
}

export function clearDraft(id: string, kind: Kind): void {
  drafts.set(`${id}/${kind}`, '')
  clearTimeout(timers.get(`${id}/${kind}`))
  write(id, kind)
}

function write(id: string, kind: Kind): void {
  // Lost when offline: the text stays in this browser and is written with the next key.
  void api.put(`/conversations/${id}/draft`, { text: draftOf(id, kind), kind }).catch(() => undefined)
}
