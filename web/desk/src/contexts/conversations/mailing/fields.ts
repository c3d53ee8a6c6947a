/** What belongs to a mail beside its words, for each conversation: kept in this browser until it is sent. */
import { shallowReactive } from 'vue'
import type { StoredFile } from '@/api/types'
import { myId } from '@/app/session'
import type { Address } from './addresses'

/** `null` is what the server proposes, until somebody says otherwise. */
export interface MailFields {
  to: Address[] | null
  cc: Address[] | null
  bcc: Address[]
  subject: string | null
  html: string | null
  /** Whether what is answered stands below the answer. */
  quoted: boolean
  /** The mail that is passed on, as it stands below the answer. */
  below: { html: string; text: string } | null
  /** The files that the words show. */
  pictures: StoredFile[]
}
export const blank = (): MailFields => ({ to: null, cc: null, bcc: [], subject: null, html: null, quoted: true, below: null, pictures: [] })

const SIGNATURE = /<div data-signature="">[\s\S]*?<\/div>/
const KEY = 'peakend.mails'
const MOST = 20
type Kept = Record<string, MailFields>
const own = () => `${KEY}.${myId()}`
function stored(): Kept {
  try { return JSON.parse(localStorage.getItem(own()) ?? '{}') as Kept } catch { return {} }
}
let whose = ''
let all: Kept = {}
function mine(): Kept {
  if (whose !== own()) { whose = own(); all = stored() }
  return all
}
/** Turned for a conversation when its mail was put there by something else than the editor. */
export const turns = shallowReactive(new Map<string, number>())
/** Files that come along with what was put there. */
const files = new Map<string, StoredFile[]>()

export const fieldsOf = (id: string): MailFields | undefined => mine()[id]

export function keepFields(id: string, fields: MailFields | null): void {
  const now = mine()
  // The newest stands last, so that the oldest goes first.
  delete now[id]
  if (fields) now[id] = { ...fields }
  for (const old of Object.keys(now).slice(0, -MOST)) delete now[old]
  try { localStorage.setItem(own(), JSON.stringify(now)) } catch { /* this browser keeps nothing, or no more */ }
}

/** Put a mail back into the editor of its conversation; what stands there already stays below it. */
export function bringBack(id: string, given: MailFields, more: StoredFile[] = []): void {
  const there = fieldsOf(id)
  const above = there?.html?.includes('data-signature') ? given.html?.replace(SIGNATURE, '') : given.html
  keepFields(id, { ...given, html: [above, there?.html].filter(Boolean).join('') || null, pictures: [...given.pictures, ...(there?.pictures ?? [])] })
  files.set(id, [...(files.get(id) ?? []), ...more])
  turns.set(id, (turns.get(id) ?? 0) + 1)
}
export function takeFiles(id: string): StoredFile[] {
  const found = files.get(id) ?? []
  files.delete(id)
  return found
}

/** Files to send up with a mail, as they were fetched. */
const fresh = new Map<string, File[]>()
export function bringFiles(id: string, some: File[]): void {
  if (!some.length) return
  fresh.set(id, [...(fresh.get(id) ?? []), ...some])
  turns.set(id, (turns.get(id) ?? 0) + 1)
}
export function takeFresh(id: string): File[] {
  const found = fresh.get(id) ?? []
  fresh.delete(id)
  return found
}

interface Sent { fields: MailFields; files: StoredFile[] }
/** What went out of this window a moment ago, as it stood in the editor, by its client id. */
const sent = new Map<string, Sent>()
export function remember(client_id: string, one: Sent): void {
  sent.set(client_id, one)
  if (sent.size > 20) sent.delete(sent.keys().next().value as string)
}
export const remembered = (client_id: string | null): Sent | undefined => (client_id ? sent.get(client_id) : undefined)
