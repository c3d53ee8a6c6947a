/** What is being typed: at once in the browser, a moment later on the server, per conversation and person. */
import { reactive } from 'vue'
import { api } from '@/api/client'

export interface Draft { text: string; kind: 'agent' | 'note' }
const drafts = reactive(new Map<string, Draft>())
const timers = new Map<string, number>()

export function draftOf(id: string): Draft | undefined {
  return drafts.get(id)
}

/** Take the server's draft unless something was typed here since. */
export function offerDraft(id: string, draft: Draft | null): boolean {
  if (drafts.has(id) || !draft?.text) return false
  drafts.set(id, draft)
  return true
}

export function saveDraft(id: string, draft: Draft): void {
  drafts.set(id, { ...draft })
  clearTimeout(timers.get(id))
  timers.set(id, window.setTimeout(() => write(id), 700))
}

export function clearDraft(id: string, kind: Draft['kind']): void {
  drafts.set(id, { text: '', kind })
  clearTimeout(timers.get(id))
  write(id)
}

function write(id: string): void {
  const draft = drafts.get(id)
  // Lost when offline: the text stays in this browser and is written with the next key.
  if (draft) void api.put(`/conversations/${id}/draft`, draft).catch(() => undefined)
}
