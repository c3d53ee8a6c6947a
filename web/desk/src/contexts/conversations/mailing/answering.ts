/** What the server proposes for an answer by mail, and the mail as it goes to the server. */
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api } from '@/api/client'
import type { StoredFile } from '@/api/types'
import { isAddress, joined, newcomers, type Address } from './addresses'
import type { MailDraft } from '../drafts'
import { blank, type MailFields } from './fields'

/** Of `GET /conversations/{id}/answering`. */
export interface Answering {
  can_mail: boolean
  /** In words. */
  why: string
  from: Address | null
  to: Address[]
  cc: Address[]
  subject: string
  signature: { html: string; text: string }
  quote: { html: string; text: string }
  known: string[]
  /** Who came along in the mails, and was no part of the conversation yet. */
  new: (Address & { where: 'to' | 'cc' | 'reply_to' })[]
  undo_s: number
  /** He has mailed here and was in the chat last, but is no longer on the page. */
  left: boolean
}
export interface Outgoing { to: Address[]; cc: Address[]; bcc: Address[]; subject: string; html: string }
/** An address of which one may see a part only: it goes there, and nowhere else. */
export const isMasked = (one: Address): boolean => one.email.includes('*')

export function useAnswering(id: Ref<string>, seq: Ref<number>, enabled: Ref<boolean>) {
  return useQuery({
    queryKey: computed(() => ['answering', id.value, seq.value]), enabled, staleTime: 60_000, retry: 1,
    // With the next message of the same conversation what was proposed stays until it is proposed anew.
    placeholderData: (old, was) => (was?.queryKey[1] === id.value ? old : undefined),
    queryFn: () => api.get<Answering>(`/conversations/${id.value}/answering` as never),
  })
}

/** What stands in the fields: as somebody wrote it, or as it is proposed. */
export function filled(fields: MailFields, given: Answering | undefined) {
  const forwards = !!fields.below
  return {
    to: fields.to ?? (forwards ? [] : (given?.to ?? [])),
    cc: fields.cc ?? (forwards ? [] : (given?.cc ?? [])),
    bcc: fields.bcc,
    subject: fields.subject ?? given?.subject ?? '',
  }
}

/** As the server counts them: people, files, and how much the files weigh together. */
const MOST = 20
const MOST_BYTES = 20 * 1024 * 1024
/** What is too much to go along, as the end of a wording key; the pictures of the words count, too. */
export const overload = (files: readonly { size: number }[]): 'too_many_files' | 'too_heavy' | null =>
  files.length > MOST ? 'too_many_files' : files.reduce((sum, one) => sum + one.size, 0) > MOST_BYTES ? 'too_heavy' : null
type Filled = ReturnType<typeof filled>
const everybody = (mail: Filled) => joined([], [...mail.to, ...mail.cc, ...mail.bcc])
/** What keeps it from going, as the end of a wording key; null where nothing does. */
export function fault(mail: Filled, given: Answering | undefined): 'not_known' | 'cannot' | 'wrong_address' | 'nobody' | 'no_subject' | 'too_many' | null {
  if (!given) return 'not_known'
  if (!given.can_mail) return 'cannot'
  const all = everybody(mail)
  if (all.some((one) => !isMasked(one) && !isAddress(one.email))) return 'wrong_address'
  if (!mail.to.length) return 'nobody'
  if (all.length > MOST) return 'too_many'
  return mail.subject.trim() ? null : 'no_subject'
}

/** Who would hear of this conversation for the first time; who was named before is asked about once only. */
export const unheard = (mail: Filled, given: Answering | undefined, allowed: readonly string[]): Address[] => newcomers(everybody(mail), [...(given?.known ?? []), ...(given?.to ?? []).map((one) => one.email), ...allowed])

/** A picture travels inside of the mail, by the name of its file. */
export const travelling = (html: string): string => html.replace(/<img\b[^>]*>/g, (tag) => {
  const file = /\sdata-file="([^"]+)"/.exec(tag)?.[1]
  return file ? tag.replace(/\ssrc="[^"]*"/, ` src="cid:${file}"`).replace(/\sdata-file="[^"]*"/, '') : tag
})

export function outgoing(mail: Filled, fields: MailFields, html: string, given: Answering | undefined): Outgoing {
  const below = fields.below?.html ?? (fields.quoted ? (given?.quote.html ?? '') : '')
  // Whoever names nobody answers whom the server knows: a masked address is known there only.
  const to = mail.to.some(isMasked) ? [] : mail.to
  const bare = ({ email, name }: Address) => ({ email: email.trim(), name })
  return { to: to.map(bare), cc: mail.cc.map(bare), bcc: mail.bcc.map(bare), subject: mail.subject.trim(), html: travelling(html).replace(/(?:<p><\/p>)+$/, '') + below }
}

/** The fields as the server keeps them with the draft. */
export const asDraft = (fields: MailFields): MailDraft => ({
  to: fields.to ?? [], cc: fields.cc ?? [], bcc: fields.bcc, subject: fields.subject ?? '', html: travelling(fields.html ?? '') + (fields.below?.html ?? ''),
})
/** A draft that was written at another place; its pictures are known by their files, and go where those are gone. */
export function fromDraft(draft: MailDraft | null, pictures: StoredFile[] = []): MailFields | undefined {
  if (!draft) return undefined
  const or = <T>(list: T[] | undefined) => (list?.length ? list : null)
  return { ...blank(), to: or(draft.to) as Address[] | null, cc: or(draft.cc) as Address[] | null, bcc: (draft.bcc ?? []) as Address[], subject: draft.subject || null, html: shown(draft.html ?? '', pictures).replace(/<img\b[^>]*\ssrc="cid:[^>]*>/g, '') || null, pictures }
}
/** The other way round of `travelling`, where the files may be known. */
export const shown = (html: string, files: readonly { id: string; url: string }[] = []): string => html.replace(/<img\b[^>]*>/g, (tag) => {
  const file = /\ssrc="cid:([0-9a-f-]{36}|[^"@]+)[^"]*"/.exec(tag)?.[1]
  return file ? tag.replace(/\ssrc="[^"]*"/, ` src="${files.find((one) => one.id === file)?.url ?? `cid:${file}`}" data-file="${file}"`) : tag
})
