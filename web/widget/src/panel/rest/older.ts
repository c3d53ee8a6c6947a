// What was said before the first message shown.
import { merge, type Thread } from '../thread'
import type { Conversation } from '../types'
import type { Visit } from '../visit'

let asking = false

/** Whether something may have been said before the first message that is here. */
export const hasOlder = (thread: Thread): boolean =>
  !thread.whole && !thread.past.length && (thread.messages[0]?.seq ?? 1) > 1

/** Put older messages in front. Seqs may have gaps, so only an empty answer is the beginning. */
export function withOlder(thread: Thread, found: Conversation | null): Thread {
  if (!found || found.id !== thread.conversation?.id) return thread
  const older = found.messages ?? []
  // What was merged in may still stand above as a conversation of its own.
  const past = thread.past.filter((m) => !older.some((other) => other.id === m.id))
  return { ...thread, past, messages: merge(older, thread.messages), whole: !older.length }
}

/** Fetch a page of older messages; what fails is asked for again at the next scroll. */
export async function fetchOlder(visit: Visit): Promise<void> {
  const { thread } = visit.state
  if (asking || !hasOlder(thread)) return
  asking = true
  try {
    const path = '/conversation?before_seq=' + thread.messages[0].seq
    const found = await visit.api.ask<Conversation | null>('GET', path)
    visit.set({ thread: withOlder(visit.state.thread, found) })
  } catch {
    // Nothing is lost: the messages stand on the server.
  } finally {
    asking = false
  }
}
