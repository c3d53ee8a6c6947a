import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Conversation, Frame, Message } from '@/api/types'
import { useConversations } from '@/contexts/conversations/store'

const LAST = 500
const message = (seq: number) => ({ id: `m${seq}`, seq, conversation_id: 'c', client_id: null, kind: 'customer', files: [] }) as unknown as Message
const some = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => message(from + at))
const row = (last_seq: number) => ({ id: 'c', version: last_seq, last_seq, state: 'serving', agent_id: 'me', tags: [] })
let last = LAST

beforeEach(() => {
  setActivePinia(createPinia())
  last = LAST
  vi.spyOn(api, 'get').mockImplementation(async (path: string, query?: unknown) => {
    if (!path.endsWith('/messages')) return { ...row(last), messages: { items: some(last - 49, last), next: null } } as unknown as Conversation as never
    const { around_seq, after_seq, before_seq, limit } = query as Record<string, number>
    if (around_seq) return { items: some(Math.max(1, around_seq - limit / 2), Math.min(last, around_seq + limit / 2)) } as never
    if (after_seq) return { items: some(after_seq + 1, Math.min(last, after_seq + limit)) } as never
    return { items: some(Math.max(1, before_seq - limit), before_seq - 1) } as never
  })
})
const push = (store: ReturnType<typeof useConversations>) => {
  last += 1
  store.apply({ t: 'facts', cursor: '', facts: [], conversations: [row(last)], messages: [message(last)], gone: [] } as unknown as Frame)
}
const seqs = (store: ReturnType<typeof useConversations>) => store.thread('c').messages.map((one) => one.seq)
const whole = (found: number[]) => found.every((seq, at) => !at || seq === found[at - 1] + 1)

it('opens at a message far up, and goes on from there both ways without a gap', async () => {
  const store = useConversations()
  await store.openAt('c', 100)
  expect(seqs(store)).toContain(100)
  expect(store.thread('c')).toMatchObject({ older: true, newer: true })
  push(store)
  expect(seqs(store).at(-1)).toBeLessThan(LAST)
  await store.loadOlder('c')
  for (let step = 0; step < 20 && store.thread('c').newer; step += 1) await store.loadNewer('c')
  expect(store.thread('c').newer).toBe(false)
  expect(seqs(store).at(-1)).toBe(last)
  push(store)
  expect(seqs(store).at(-1)).toBe(last)
  expect(whole(seqs(store))).toBe(true)
})

it('joins what is near the end, and leaves what is shown already', async () => {
  const store = useConversations()
  await store.openAt('c', LAST - 60)
  expect(store.thread('c').newer).toBe(false)
  expect([seqs(store).includes(LAST - 60), seqs(store).at(-1), whole(seqs(store))]).toEqual([true, LAST, true])
  const before = store.thread('c').messages
  await store.openAt('c', LAST - 3)
  expect(store.thread('c').messages).toBe(before)
})

it('keeps the place when everything is loaded again, and goes to the end when asked', async () => {
  const store = useConversations()
  await store.openAt('c', 100)
  await store.refresh()
  expect(seqs(store)).toContain(100)
  await store.open('c')
  expect([seqs(store).at(-1), store.thread('c').newer, whole(seqs(store))]).toEqual([LAST, false, true])
})
