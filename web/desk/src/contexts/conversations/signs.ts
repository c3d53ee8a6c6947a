/** The signs that people put to messages. */
import type { Message } from '@/api/types'

export type SignCode = Message['reactions'][number]['code']
export const signs: Record<SignCode, string> = { like: '👍', heart: '❤️', smile: '😊', thanks: '🙏', worried: '😟', done: '✅' }

/** Equal signs stand once, with those who put them. */
export function grouped(message: Message): { code: SignCode; by: Message['reactions'] }[] {
  const found = new Map<SignCode, Message['reactions']>()
  for (const one of message.reactions ?? []) found.set(one.code, [...(found.get(one.code) ?? []), one])
  return [...found].map(([code, by]) => ({ code, by }))
}
