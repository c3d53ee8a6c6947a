/** Who is asked before a reply goes: all of them, and one that says no keeps it. */
import { beforeSending } from '@/contexts/conversations/composing'

type Guard = (text: string) => boolean
const guards: Guard[] = []

/** Ask this one too; the newest is asked last. Returns the function that ends it. */
export function guardSending(guard: Guard): () => void {
  guards.push(guard)
  beforeSending.ask = (text) => guards.every((one) => one(text))
  return () => {
    guards.splice(guards.indexOf(guard), 1)
    if (!guards.length) beforeSending.ask = null
  }
}
