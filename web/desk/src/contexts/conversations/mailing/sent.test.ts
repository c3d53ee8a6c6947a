import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { api, ApiError } from '@/api/client'
import type { ConversationRow, Message } from '@/api/types'
import { toasts } from '@/ui/toast'
import { goesByMail } from '../way'
import { blank, fieldsOf, keepFields, remember, takeFiles, takeFresh } from './fields'
import { below, forwardOut } from './forward'
import { refused, undo, type MailSeen } from './sent'

const file = (id: string) => ({ id, name: `${id}.png`, url: `/files/${id}/x`, kind: 'image', mime: 'image/png', size: 1, thumb_url: null, width: 1, height: 1 })
const message = (more: Partial<Message> = {}) => ({ id: 'm', client_id: 'k', conversation_id: 'c', text: '已退款', files: [file('p'), file('f')], ...more }) as unknown as Message
const wang = { email: 'wang@x.cn', name: '王' }

beforeEach(() => {
  setActivePinia(createPinia())
  vi.restoreAllMocks()
  keepFields('c', null)
  takeFiles('c')
  toasts.splice(0)
})

it('brings back to the editor what the server had of it: people, looks, pictures in their place, files', async () => {
  vi.spyOn(api, 'post').mockResolvedValue({ text: '已退款', file_ids: ['p', 'f'], mail: { to: [wang], cc: [], bcc: [{ email: 'b@x.cn', name: '' }], subject: 'Re: 退款', html: '<p>已<b>退款</b><img src="cid:p" alt=""></p>' } })
  expect(await undo(message())).toBe(true)
  expect(fieldsOf('c')).toMatchObject({ to: [wang], bcc: [{ email: 'b@x.cn' }], subject: 'Re: 退款', quoted: false, html: '<p>已<b>退款</b><img src="/files/p/x" data-file="p" alt=""></p>' })
  expect(takeFiles('c').map((one) => one.id)).toEqual(['f'])
})

it('brings back what this window remembers as it stood there, with what was proposed still proposed', async () => {
  remember('here', { fields: { ...blank(), html: '<p>原样</p>' }, files: [] })
  vi.spyOn(api, 'post').mockResolvedValue({ text: '', file_ids: [], mail: null })
  await undo(message({ client_id: 'here' }))
  expect(fieldsOf('c')).toMatchObject({ to: null, quoted: true, html: '<p>原样</p>' })
})

it('leaves the editor as it is where the mail is gone already, and says so', async () => {
  vi.spyOn(api, 'post').mockRejectedValue(new ApiError(409, 'mail.handed_over', '邮件已经交给服务器'))
  expect(await undo(message())).toBe(false)
  expect(fieldsOf('c')).toBeUndefined()
  expect(toasts[0].hint).toContain('邮件已经交给服务器')
})

const seen = { direction: 'in', subject: '退款', from: wang, to: [{ email: 'care@y.cn', name: '客服' }], cc: [], bcc: [], at: '2026-11-23T02:00:00Z', text: '您好\n请退款', html: '<p>您好</p><img data-remote="3"><p>请退款</p>', attachments: [{ file: file('a'), content_type: 'image/png', inside: false, invitation: null }] } as unknown as MailSeen

it('puts the original below, with who wrote it and without what would load', () => {
  const made = below(seen)
  expect(made.html).toContain('王 &lt;wang@x.cn&gt;')
  expect(made.html).toContain('<p>请退款</p>')
  expect(made.html).not.toContain('<img')
  expect(made.text).toContain('请退款')
})

it('begins a mail to nobody yet, with the files of the original, and counts those that did not come', async () => {
  vi.spyOn(api, 'get').mockResolvedValue({ ...seen, attachments: [...seen.attachments, { file: file('b'), content_type: 'image/png', inside: true, invitation: null }] })
  vi.stubGlobal('fetch', vi.fn(async (url: string) => (url.includes('/a/') ? new Response('x') : new Response('', { status: 404 }))))
  await forwardOut({ id: 'c', channel_kind: 'web' } as ConversationRow, message())
  expect(fieldsOf('c')).toMatchObject({ to: [], cc: [], below: { html: expect.stringContaining('请退款') } })
  expect(takeFresh('c').map((one) => one.name)).toEqual(['a.png'])
  expect([toasts.length, goesByMail({ id: 'c', channel_kind: 'web' } as ConversationRow)]).toEqual([1, true])
  vi.unstubAllGlobals()
})

it('brings back a mail that the server refused as it would have gone, where this window does not remember it', () => {
  const one = { client_id: 'x', conversation_id: 'c', text: '已退款', files: [file('p'), file('f')], mail: { to: [], cc: [wang], bcc: [], subject: '退款', html: '<p>已退款<img src="cid:p"></p>' } } as never
  expect(refused(one)).toMatchObject({ fields: { to: null, cc: [wang], subject: '退款', quoted: false, html: '<p>已退款<img src="/files/p/x" data-file="p"></p>', pictures: [{ id: 'p' }] }, files: [{ id: 'f' }] })
})
