import { expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { composerTakes } from '@/contexts/conversations/insert'
import type { Wanted } from '@/contexts/conversations/outbox'
import { sendForApproval } from './approving'

vi.mock('@/ui/toast', () => ({ toast: vi.fn() }))
const reply = { conversation_id: 'c1', member_id: 'm1', kind: 'agent', text: '可以退款', files: [], mentions: [] } as unknown as Wanted

it('asks anew for words that came back, and once where the answer was lost', async () => {
  composerTakes([vi.fn(), vi.fn(), (by) => by(reply) !== false])
  const post = vi.spyOn(api, 'post').mockRejectedValueOnce(new Error('lost')).mockResolvedValue({})
  for (const went of [false, true, true]) expect(await sendForApproval()).toBe(went)
  const [lost, again, anew] = post.mock.calls.map((call) => (call[1] as { client_id: string }).client_id)
  expect(again).toBe(lost)
  expect(anew).not.toBe(lost)
})
