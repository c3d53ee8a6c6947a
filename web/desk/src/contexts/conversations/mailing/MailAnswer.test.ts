import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { api, ApiError } from '@/api/client'
import type { ConversationRow } from '@/api/types'
import { i18n } from '@/app/i18n'
import { useSession } from '@/app/session'
import { outbox } from '../outbox'
import { useComposer } from '../useComposer'
import type { Answering } from './answering'
import { bringBack, blank, fieldsOf, keepFields } from './fields'
import MailAnswer from './MailAnswer.vue'
import words from './words.zh-CN.json'

const wang = { email: 'wang@x.cn', name: '王海涛' }
const given: Answering = { can_mail: true, why: '', from: { email: 'care@y.cn', name: '客服' }, to: [wang], cc: [], subject: 'Re: 退款', signature: { html: '安居客服', text: '安居客服' }, quote: { html: '<blockquote>原信</blockquote>', text: '原信' }, known: ['wang@x.cn'], new: [{ email: 'li@x.cn', name: '李', where: 'cc' }], left: false, undo_s: 10 }
let count = 0
function shown(answer: Answering | ApiError = given) {
  const row = ref({ id: `c${++count}`, state: 'serving', agent_id: 'me', channel_kind: 'mail', customer: { id: 'x', name: '王' }, language: 'zh-CN' } as unknown as ConversationRow)
  vi.spyOn(api, 'get').mockImplementation(() => (answer instanceof ApiError ? Promise.reject(answer) : Promise.resolve(answer)) as never)
  const put = vi.spyOn(api, 'put').mockResolvedValue(undefined as never)
  const post = vi.spyOn(api, 'post').mockResolvedValue({ id: 'm', seq: 1, conversation_id: row.value.id, client_id: null } as never)
  let composer!: ReturnType<typeof useComposer>
  const box = mount(defineComponent(() => {
    composer = useComposer(row, () => undefined)
    return () => h(MailAnswer, { row: row.value, composer, ref: 'mail' })
  }), { attachTo: document.body, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }) }]] } })
  const mail = box.getComponent(MailAnswer)
  const send = () => mail.findAll('button').find((one) => one.text() === '发送邮件')!
  const type = (text: string) => (mail.vm as unknown as { insert: (text: string) => void }).insert(text)
  const sent = () => post.mock.calls.filter(([path]) => String(path).endsWith('/messages')).map(([, body]) => body as { text: string; mail: Record<string, unknown> })
  return { box, mail, composer, row, put, send, type, sent }
}
beforeEach(() => {
  setActivePinia(createPinia())
  localStorage.clear()
  outbox.splice(0)
  i18n.global.mergeLocaleMessage('zh-CN', words as never)
  useSession().me.value = { member: { id: 'me', name: '王' }, permissions: ['conversations.reply', 'conversations.note'], preferences: {} } as never
})
afterEach(() => { document.body.innerHTML = ''; vi.restoreAllMocks() })

it('shows to whom it goes and the signature, and sends what stands there with the history', async () => {
  const { mail, send, type, sent } = shown()
  await flushPromises()
  expect(mail.text()).toContain('王海涛')
  expect(mail.get('.ProseMirror').text()).toBe('安居客服')
  type('已退款')
  await flushPromises()
  await send().trigger('click')
  await flushPromises()
  expect(sent()).toEqual([expect.objectContaining({ text: '已退款', mail: { to: [wang], cc: [], bcc: [], subject: 'Re: 退款', html: '<p>已退款</p><div data-signature=""><p>安居客服</p></div><blockquote>原信</blockquote>' } })])
  expect(mail.get('.ProseMirror').text()).toBe('安居客服')
})

it('asks once about who is new, and sends to nobody before the answer', async () => {
  const { mail, send, type, sent } = shown()
  await flushPromises()
  type('已退款')
  await flushPromises()
  await mail.findAll('button').find((one) => one.text() === '李')!.trigger('click')
  await send().trigger('click')
  await vi.waitFor(() => expect(document.body.textContent).toContain('这 1 个地址还没有参与过这段对话'))
  expect(sent()).toEqual([])
  const go = () => [...document.querySelectorAll('button')].find((one) => one.textContent?.includes('发给这 1 个地址'))
  go()!.click()
  await flushPromises()
  expect(sent()[0].mail.cc).toEqual([{ email: 'li@x.cn', name: '李' }])
})

it('keeps words, looks and fields for the conversation, here and with the draft', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { mail, composer, row, put, type } = shown()
  await flushPromises()
  type('写到一半')
  await mail.get('input[maxlength="200"]').setValue('退款进度')
  vi.advanceTimersByTime(800)
  vi.useRealTimers()
  expect(composer.text.value).toBe('写到一半')
  expect(fieldsOf(row.value.id)).toMatchObject({ subject: '退款进度', html: expect.stringContaining('写到一半') })
  expect(put).toHaveBeenLastCalledWith(`/conversations/${row.value.id}/draft`, { text: '写到一半', kind: 'agent', mail: expect.objectContaining({ subject: '退款进度', html: expect.stringContaining('写到一半') }) })
})

it('shows another conversation its own mail, and comes back to the first', async () => {
  const { mail, row, type } = shown()
  await flushPromises()
  const first = row.value
  type('给甲')
  keepFields('other', { ...blank(), to: [{ email: 'b@x.cn', name: '' }], subject: '乙', html: '<p>给乙</p>' })
  row.value = { ...first, id: 'other' }
  await flushPromises()
  expect([mail.get('.ProseMirror').text(), mail.get<HTMLInputElement>('input[maxlength="200"]').element.value]).toEqual(['给乙', '乙'])
  row.value = first
  await flushPromises()
  expect(mail.get('.ProseMirror').text()).toContain('给甲')
})

it('takes back what was undone, above what was begun since', async () => {
  const { mail, row, type } = shown()
  await flushPromises()
  type('新的一句')
  bringBack(row.value.id, { ...blank(), to: [wang], subject: '原主题', html: '<p>原来的<strong>话</strong></p>' }, [{ id: 'f', name: 'a.pdf', url: '/files/f', kind: 'file', mime: 'application/pdf', size: 1, thumb_url: null, width: null, height: null, scan: '', finding: '' }])
  await flushPromises()
  expect(mail.get('.ProseMirror').text()).toMatch(/^原来的话新的一句/)
  expect(mail.get('.ProseMirror strong').text()).toBe('话')
  expect(mail.text()).toContain('a.pdf')
})

it('says what is missing instead of sending, and keeps everything', async () => {
  const { mail, send, type, sent } = shown({ ...given, to: [] })
  await flushPromises()
  type('已退款')
  await flushPromises()
  await send().trigger('click')
  expect([sent(), mail.get('[role=status]').text(), mail.get('.ProseMirror').text()]).toEqual([[], '请填写收件人', '已退款安居客服'])
})

it('says that nothing is known yet and why there is no way, and lets one write on', async () => {
  const failed = shown(new ApiError(500, 'x', 'x'))
  await vi.waitFor(() => expect(failed.mail.find('[role=alert]').exists()).toBe(true), 4000)
  failed.type('写着')
  await flushPromises()
  expect([failed.composer.text.value, failed.send().attributes('aria-disabled')]).toEqual(['写着', 'true'])
  failed.box.unmount()
  const none = shown({ ...given, can_mail: false, why: '还没有设置发件服务器', to: [] })
  await flushPromises()
  expect(none.mail.text()).toContain('还没有设置发件服务器')
})

it('asks about newcomers also before a senior is asked, and goes that way afterwards', async () => {
  const { mail, type } = shown()
  await flushPromises()
  type('已退款')
  await flushPromises()
  await mail.findAll('button').find((one) => one.text() === '李')!.trigger('click')
  const submit = (by: unknown) => (mail.vm as unknown as { submit: (by: unknown) => boolean }).submit(by)
  const again = vi.fn()
  const way = vi.fn(() => false)
  expect([submit(Object.assign(way, { again })), way.mock.calls.length]).toEqual([false, 0])
  await vi.waitFor(() => expect(document.body.textContent).toContain('这 1 个地址还没有参与过这段对话'))
  ;[...document.querySelectorAll('button')].find((one) => one.textContent?.includes('发给这 1 个地址'))!.click()
  await flushPromises()
  expect([again.mock.calls.length, submit(way), way.mock.calls.length]).toEqual([1, false, 1])
})
