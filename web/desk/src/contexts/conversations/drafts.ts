/** What is being typed, a reply and a note beside each other, and the card below a reply: at once in the browser, a moment later on the server. */
import { api } from '@/api/client'
import type { Conversation, StoredFile } from '@/api/types'
import { chooseMail } from './way'
import { cards, drafts, type Held } from './written'

export type Kind = 'agent' | 'note'
export interface Draft { text: string; kind: Kind }
/** What makes a reply a mail: to whom, about what, and how it looks. */
export type MailDraft = NonNullable<Conversation['drafts'][number]['mail']>
const mails = new Map<string, MailDraft | null>()
/** The pictures that a mail shows, of one that was written at another place. */
const shown = new Map<string, StoredFile[]>()
const kinds = new Map<string, Kind>()
const timers = new Map<string, number>()

export function draftOf(id: string, kind: Kind): string {
  return drafts.get(`${id}/${kind}`) ?? ''
}

export const heldIn = (id: string): Held | undefined => cards.get(id) ?? undefined

export const mailIn = (id: string): MailDraft | null => mails.get(id) ?? null
export const picturesIn = (id: string): StoredFile[] => shown.get(id) ?? []

/** Which of the two was written last. */
export function lastKind(id: string): Kind | undefined {
  return kinds.get(id)
}

export function useKind(id: string, kind: Kind): void {
  kinds.set(id, kind)
}

/** Take the server's drafts, oldest first, where nothing was typed here since. Returns whether there was any. */
export function offerDrafts(id: string, given: Conversation['drafts']): boolean {
  const fresh = given.filter((one) => one.text && !drafts.has(`${id}/${one.kind}`))
  for (const one of fresh) drafts.set(`${id}/${one.kind}`, one.text)
  const below = cards.has(id) ? null : given.find((one) => one.card)
  if (below?.card) cards.set(id, { ...below.card, files: below.card.pictures })
  const mail = mails.has(id) ? undefined : given.find((one) => one.mail)
  if (mail?.mail) { mails.set(id, mail.mail); shown.set(id, mail.pictures ?? []); chooseMail(id, true) }
  const newest = below && !fresh.includes(below) ? below : fresh[fresh.length - 1]
  if (newest && !kinds.has(id)) kinds.set(id, newest.kind)
  return !!newest
}

export function saveDraft(id: string, { text, kind }: Draft): void {
  drafts.set(`${id}/${kind}`, text)
  kinds.set(id, kind)
  soon(id, kind)
}

/** Let a card stand below the reply, or none. */
export function saveCard(id: string, card: Held | null): void {
  cards.set(id, card)
  if (card) kinds.set(id, 'agent')
  soon(id, 'agent')
}

/** Keep what makes a reply a mail, or say that it is none. */
export function saveMail(id: string, mail: MailDraft | null): void {
  mails.set(id, mail)
  soon(id, 'agent')
}

export function clearDraft(id: string, kind: Kind): void {
  drafts.set(`${id}/${kind}`, '')
  if (kind === 'agent') mails.delete(id)
  if (kind === 'agent' && cards.has(id)) cards.set(id, null)
  clearTimeout(timers.get(`${id}/${kind}`))
  write(id, kind)
}

function soon(id: string, kind: Kind): void {
  const key = `${id}/${kind}`
  clearTimeout(timers.get(key))
  timers.set(key, window.setTimeout(() => write(id, kind), 700))
}

// What was typed in the last moment goes along when the page is left or loaded again.
addEventListener('pagehide', () => {
  for (const key of timers.keys()) write(...(key.split('/') as [string, Kind]))
})

function write(id: string, kind: Kind): void {
  timers.delete(`${id}/${kind}`)
  const held = kind === 'agent' ? heldIn(id) : undefined
  const card = held && { content: held.content, template_id: held.template_id, canned_reply_id: held.canned_reply_id }
  // Lost when offline: the text stays in this browser and is written with the next key.
  void api.put(`/conversations/${id}/draft`, { text: draftOf(id, kind), kind, ...(card && { card }), ...(kind === 'agent' && mails.get(id) && { mail: mails.get(id) }) }).catch(() => undefined)
}
