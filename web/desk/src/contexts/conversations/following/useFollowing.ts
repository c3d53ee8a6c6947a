/** What I keep an eye on: followed and pinned conversations, loaded once and kept true by pushed facts. */
import { shallowReactive } from 'vue'
import { api } from '@/api/client'
import type { ConversationRow, Fact, Shapes } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n, needWords } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { myId } from '@/app/session'
import { toast } from '@/ui/toast'
import { KEY, mentions, pins } from '../marks'
import { useConversations } from '../store'

type Following = Shapes['Following']
export type Followed = Shapes['Followed']
export type Mention = Shapes['Mention']
interface Mark { seen_seq: number; layout: number }
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
/** How far I have seen what I follow. */
export const followed = shallowReactive(new Map<string, Mark>())
export const known = shallowReactive({ at: 0 })

async function load(): Promise<void> {
  const found = await api.get<Following>('/following').catch(() => null)
  if (!found) return
  const store = useConversations()
  followed.clear()
  for (const one of found.followed) followed.set(one.id, one)
  mentions.value = found.mentions
  const old = [...pins]
  pins.clear()
  for (const row of found.pinned) pins.add(row.id)
  for (const row of found.pinned) store.take(row)
  settle(old.filter((id) => !pins.has(id)))
  known.at = Date.now()
}

/** Put rows where they belong now, and remember the pins for the next start. */
function settle(ids: readonly string[]): void {
  const store = useConversations()
  for (const id of ids) { const row = store.rows.get(id); if (row) store.take(row) }
  try { localStorage.setItem(KEY, JSON.stringify([...pins])) } catch { /* this browser keeps nothing */ }
}

/** Begin to listen; returns the function that ends it. */
export async function follow(): Promise<() => void> {
  await needWords('conversations/following')
  let soon = 0
  const later = () => { clearTimeout(soon); soon = window.setTimeout(() => void load(), 500) }
  const end = onFrame((frame) => {
    if (frame.t === 'hello' || frame.t === 'resync') later()
    if (frame.t !== 'facts') return
    for (const fact of frame.facts) if (fact.agent_id === myId()) hear(fact)
    if (frame.facts.some((fact) => (fact.type === 'MemberMentioned' && fact.payload.member_id === myId()) || (fact.type === 'MentionsMarked' && fact.agent_id === myId()))) later()
  })
  await load()
  return () => { end(); clearTimeout(soon) }
}

function hear(fact: Fact): void {
  const id = fact.conversation_id
  if (!id) return
  const layout = useConversations().rows.get(id)?.layout ?? 0
  if (fact.type === 'ConversationFollowed' || fact.type === 'FollowedSeen') followed.set(id, { seen_seq: Number(fact.payload.seq), layout })
  else if (fact.type === 'ConversationUnfollowed') followed.delete(id)
  else if (fact.type === 'ConversationPinned') { pins.add(id); settle([id]) }
  else if (fact.type === 'ConversationUnpinned') { pins.delete(id); settle([id]) }
}

/** Follow a conversation or no longer, pin it or no longer: done at once, put back where the server says no. */
export async function turn(row: ConversationRow, what: 'follower' | 'pin', on: boolean, quiet = false): Promise<void> {
  const before = followed.get(row.id)
  const show = (now: boolean) => {
    if (what === 'pin') { if (now) pins.add(row.id); else pins.delete(row.id); settle([row.id]) }
    else if (now) followed.set(row.id, before ?? { seen_seq: row.last_seq, layout: row.layout })
    else followed.delete(row.id)
  }
  show(on)
  try {
    await (on ? api.put(`/conversations/${row.id}/${what}`, {}) : api.remove(`/conversations/${row.id}/${what}`))
    if (!quiet) toast({ text: t(`conversations.following.${what}_${on ? 'on' : 'off'}`, { name: row.customer.name }), undo: () => void turn(row, what, !on, true) })
  } catch (error) {
    show(!on)
    sayFailure(t(`conversations.following.${what}_failed`), error)
  }
}

/** Turn it over, once it is known how it stands. */
export async function flip(row: ConversationRow, what: 'follower' | 'pin'): Promise<void> {
  await needWords('conversations/following')
  if (!known.at) await load()
  await turn(row, what, what === 'pin' ? !pins.has(row.id) : !followed.has(row.id))
}

/** Say that I have seen all there is of what I follow. */
export async function see(row: ConversationRow): Promise<void> {
  const mark = followed.get(row.id)
  if (!mark || (mark.layout === row.layout && mark.seen_seq >= row.last_seq)) return
  followed.set(row.id, { seen_seq: row.last_seq, layout: row.layout })
  await api.post(`/conversations/${row.id}/follower-reads`, { seq: row.last_seq }).catch(() => followed.set(row.id, mark))
}

/** Mark notes that call me; null means all of them. */
export async function mark(message_ids: string[] | null, read: boolean): Promise<boolean> {
  try {
    await api.post('/mentions/marks', { message_ids, read })
    return true
  } catch (error) {
    sayFailure(t('conversations.following.mark_failed'), error)
    return false
  }
}
