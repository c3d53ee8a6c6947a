import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { Conversation, Frame } from '@/api/types'
import { connection } from '@/app/live'
import { useConversations } from './store'

const found = { id: 'c1', version: 3, last_seq: 1, state: 'serving', messages: { items: [{ seq: 1, id: 'm1', conversation_id: 'c1' }] } } as unknown as Conversation

beforeEach(() => {
  setActivePinia(createPinia())
  connection.open = true
  vi.restoreAllMocks()
})

it('asks once for what is prepared and shown, and again after a while', async () => {
  const get = vi.spyOn(api, 'get').mockResolvedValue(found)
  const store = useConversations()
  await store.prepare(['c1'])
  await store.prepare(['c1'])
  await store.renew('c1')
  expect(get).toHaveBeenCalledTimes(1)
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)
  await store.renew('c1')
  expect(get).toHaveBeenCalledTimes(2)
})
it('prepares several in one request, and leaves what did not come to whoever opens it', async () => {
  const get = vi.spyOn(api, 'get').mockResolvedValue([{ ...found, id: 'c2' }])
  const store = useConversations()
  await store.prepare(['c2', 'c3'])
  expect(get).toHaveBeenCalledExactlyOnceWith('/conversations/opened', { ids: ['c2', 'c3'], card: false })
  expect([store.thread('c2').loaded, store.thread('c3').loaded, store.thread('c3').busy]).toEqual([true, false, false])
  get.mockResolvedValue({ ...found, id: 'c3' })
  await store.prepare(['c2', 'c3'])
  expect(get).toHaveBeenLastCalledWith('/conversations/c3', undefined)
  expect(store.thread('c3').loaded).toBe(true)
})
it.each([
  ['the line was lost', () => (connection.open = false)],
  ['too much was missed', (store: ReturnType<typeof useConversations>) => store.apply({ t: 'resync', cursor: '' } as Frame)],
])('asks again when %s after the preparing', async (_, happens) => {
  const get = vi.spyOn(api, 'get').mockResolvedValue(found)
  const store = useConversations()
  await store.prepare(['c1'])
  happens(store)
  await store.renew('c1')
  expect(get.mock.calls.filter(([path]) => path === '/conversations/c1')).toHaveLength(2)
})
