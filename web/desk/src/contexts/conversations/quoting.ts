/** What the composer quotes, one for each conversation and kind, and what both sides may quote. */
import { reactive } from 'vue'
import type { Message, Quote } from '@/api/types'
import type { Kind } from './drafts'

const quoted = reactive(new Map<string, Quote>())

export function quotedIn(id: string, kind: Kind): Quote | undefined {
  return quoted.get(`${id}/${kind}`)
}

export function quote(id: string, kind: Kind, message: Message): void {
  quoted.set(`${id}/${kind}`, asQuote(message))
}

export function unquote(id: string, kind: Kind): void {
  quoted.delete(`${id}/${kind}`)
}

/** A message that was taken back is quoted by nothing any more. */
export function forgetQuoted(message: string): void {
  for (const [key, one] of quoted) if (one.id === message) quoted.delete(key)
}

/** Notes stay inside: only a note quotes them. */
export const goesOut = (message: Message): boolean => ['customer', 'agent', 'digital'].includes(message.kind)
export const canQuote = (message: Message): boolean => message.kind !== 'system' && !message.recalled_at

export function asQuote(message: Message): Quote {
  const file = message.files.at(0)
  return {
    id: message.id, conversation_id: message.conversation_id, number: null, seq: message.seq, kind: message.kind,
    author_id: message.author.kind === 'member' ? message.author.id : null, author_name: message.author.name,
    text: message.text.slice(0, 140), file_name: file?.name ?? null, file_kind: file?.kind ?? null, recalled: false,
  }
}
