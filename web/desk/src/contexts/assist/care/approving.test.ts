import { beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { composerTakes } from '@/contexts/conversations/insert'
import type { Wanted } from '@/contexts/conversations/outbox'
import { askForUnsent, sendForApproval } from './approving'
import { asPaper, headOf, mailAgain } from './waitingMail'

vi.mock('@/ui/toast', () => ({ toast: vi.fn() }))
const reply = { conversation_id: 'c1', member_id: 'm1', kind: 'agent', text: '可以退款', files: [], mentions: [] } as unknown as Wanted

beforeEach(() => void vi.restoreAllMocks())

it('asks anew for words that came back, and once where the answer was lost', async () => {
  composerTakes([vi.fn(), vi.fn(), (by) => by(reply) !== false])
  const post = vi.spyOn(api, 'post').mockRejectedValueOnce(new Error('lost')).mockResolvedValue({})
  for (const went of [false, true, true]) expect(await sendForApproval()).toBe(went)
  const [lost, again, anew] = post.mock.calls.map((call) => (call[1] as { client_id: string }).client_id)
  expect(again).toBe(lost)
  expect(anew).not.toBe(lost)
})

const mail = { to: [{ email: 'liu@example.org', name: '刘' }], cc: [{ email: 'wu@example.org', name: '' }], bcc: [], subject: '退款', html: '<p>可以<b>退款</b></p>' }

it('asks for a mail with everything that makes it one, and for a chat without', async () => {
  let now = { ...reply, mail } as Wanted
  composerTakes([vi.fn(), vi.fn(), (by) => by(now) !== false])
  const post = vi.spyOn(api, 'post').mockResolvedValue({})
  await sendForApproval()
  await askForUnsent({ ...now, client_id: 'u1', at: '', state: 'failed' })
  now = reply
  await sendForApproval()
  expect(post.mock.calls.map((call) => (call[1] as { mail: unknown }).mail)).toEqual([mail, mail, null])
})

it('shows whom a waiting mail goes to, and who is meant where nobody is named', () => {
  const shown = headOf(mail, '、', '来信的客户').map((one) => `${one.key} ${one.text}`)
  expect(shown).toEqual(['to 刘 <liu@example.org>', 'cc wu@example.org', 'subject 退款'])
  expect(headOf({ subject: 'x', html: '' }, ', ', 'the customer')[0]).toEqual({ key: 'to', text: 'the customer' })
})

it('gives a mail that came back its fields again, with the pictures that are there still', () => {
  const again = mailAgain({ ...mail, html: '<p>看图<img src="cid:f1" alt=""><img src="cid:f2"></p>' }, [{ id: 'f1', url: '/files/f1' } as never])
  expect(again).toMatchObject({ to: mail.to, cc: mail.cc, bcc: [], subject: '退款', html: '<p>看图<img src="/files/f1" data-file="f1" alt=""></p>', quoted: false, below: null, pictures: [{ id: 'f1' }] })
})

it('shows a waiting mail with its pictures by number and nothing that leads or loads', () => {
  const { html, shown } = asPaper('<meta http-equiv="refresh" content="0;url=https://x.example"><p>见<a href="https://x.example">这里</a><img src="cid:f1"><img src="https://x.example/a.png"></p>', [{ id: 'f1' } as never])
  expect(shown.map((one) => one.id)).toEqual(['f1'])
  expect(html).toBe('<p>见<a title="https://x.example" style="text-decoration: underline;">这里</a><img data-inside="1"><img></p>')
})
