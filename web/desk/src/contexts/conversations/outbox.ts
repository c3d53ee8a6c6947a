/** Replies that the server has not confirmed: kept in the browser, sent in order, the same client_id each time. */
import { reactive } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Message, Quote, StoredFile } from '@/api/types'
import type { Outgoing } from './mailing/answering'
import type { Carried } from './rich/held'

export interface Unsent {
  client_id: string
  conversation_id: string
  member_id: string
  kind: 'agent' | 'note'
  text: string
  files: StoredFile[]
  mentions: string[]
  article_id?: string
  quote?: Quote
  /** Cards, with the text as their first words. */
  rich?: Carried
  /** To whom it goes by mail, and how it looks. */
  mail?: Outgoing
  at: string
  state: 'sending' | 'waiting' | 'failed'
  why?: string
}

const KEY = 'peakend.outbox'
export const outbox = reactive<Unsent[]>(stored())
const running = new Set<string>()
let arrived: (message: Message) => void = () => undefined
let retry = 0

function stored(): Unsent[] {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? '[]') as Unsent[]).map((one) => ({ ...one, state: one.state === 'failed' ? 'failed' : 'waiting' }))
  } catch {
    return []
  }
}
function store(): void {
  localStorage.setItem(KEY, JSON.stringify(outbox))
}

/** Say where confirmed messages go. */
export function onArrived(listener: (message: Message) => void): void {
  arrived = listener
}

export function unsentOf(conversation: string): Unsent[] {
  return outbox.filter((one) => one.conversation_id === conversation)
}

export type Wanted = Omit<Unsent, 'client_id' | 'at' | 'state'>
export function send(wanted: Wanted): Unsent {
  outbox.push({ ...wanted, client_id: crypto.randomUUID(), at: new Date().toISOString(), state: 'sending' })
  store()
  void flush(wanted.conversation_id)
  return outbox[outbox.length - 1]
}

/** The server has it: take it out. */
export function delivered(client_id: string): void {
  const at = outbox.findIndex((one) => one.client_id === client_id)
  if (at < 0) return
  outbox.splice(at, 1)
  store()
}

export function resend(one: Unsent): void {
  one.state = 'sending'
  delete one.why
  void flush(one.conversation_id)
}

export function discard(one: Unsent): void {
  delivered(one.client_id)
}

/** Try everything again, for example when the connection is back. */
export function flushAll(member: string): void {
  for (const id of new Set(outbox.filter((one) => one.member_id === member).map((one) => one.conversation_id))) void flush(id)
}

async function flush(conversation: string): Promise<void> {
  if (running.has(conversation)) return
  running.add(conversation)
  try {
    for (;;) {
      const one = outbox.find((item) => item.conversation_id === conversation && item.state !== 'failed')
      if (!one) return
      one.state = 'sending'
      try {
        const { client_id, kind, text, files, mentions, article_id, quote, rich, mail } = one
        const also = { client_id, article_id, reply_to: quote?.id }
        const message = await api.post<Message>(`/conversations/${conversation}/${rich ? 'rich-' : ''}messages`, rich ? { ...also, content: rich.content, template_id: rich.template_id, canned_reply_id: rich.canned_reply_id } : { ...also, kind, text, file_ids: files.map((file) => file.id), mentions, mail, in_chat: kind === 'agent' && !mail })
        arrived(message)
        delivered(client_id)
      } catch (error) {
        const passing = !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429
        one.state = passing ? 'waiting' : 'failed'
        if (!passing) one.why = (error as ApiError).message
        store()
        if (!passing) continue
        clearTimeout(retry)
        retry = window.setTimeout(() => flushAll(one.member_id), 4000)
        return
      }
    }
  } finally {
    running.delete(conversation)
  }
}
