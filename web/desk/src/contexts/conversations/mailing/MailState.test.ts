import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import type { ConversationRow, Message } from '@/api/types'
import { serverNow } from '@/app/clock'
import { i18n } from '@/app/i18n'
import { useSession } from '@/app/session'
import { useConversations } from '../store'
import MailState from './MailState.vue'
import words from './words.zh-CN.json'

function shown(state: string, code = '', more: Partial<Message> = {}, kind = 'mail') {
  useConversations().rows.set('c', { id: 'c', state: 'serving', agent_id: 'me', channel_kind: kind } as ConversationRow)
  const message = { id: 'm', conversation_id: 'c', client_id: null, text: '已退款', files: [], at: new Date(serverNow()).toISOString(), author: { kind: 'member', id: 'me', name: '王' }, mail: { direction: 'out', state, code }, ...more } as unknown as Message
  return mount(MailState, { props: { message }, global: { plugins: [i18n] } })
}
const buttons = (box: ReturnType<typeof shown>) => box.findAll('button').map((one) => one.text())
beforeEach(() => {
  setActivePinia(createPinia())
  vi.restoreAllMocks()
  i18n.global.mergeLocaleMessage('zh-CN', { ...words, 'ui.undo': '撤销' } as never)
  useSession().me.value = { member: { id: 'me', name: '王' }, permissions: ['conversations.reply', 'conversations.note'], preferences: {} } as never
})

it('counts down while the mail is held, and lets only who wrote it take it back', () => {
  expect(shown('queued').text()).toMatch(/^邮件将在 \d+ 秒后发出撤销$/)
  expect(buttons(shown('queued', '', { author: { kind: 'member', id: 'other', name: '李' } }))).toEqual([])
})

it.each([['queued', '排队中'], ['sending', '发送中'], ['sent', '已发送']])('says of a mail that is %s how it stands', (state, text) => {
  const box = shown(state, '', { at: '2026-11-23T00:00:00Z' })
  expect([box.text(), buttons(box)]).toEqual([text, []])
})

it('says why a mail failed and offers another try, a change, and in a chat the chat', async () => {
  const post = vi.spyOn(api, 'post').mockResolvedValue(undefined)
  const box = shown('failed', 'mail.fault.refused')
  expect(box.get('[role=alert]').text()).toContain('发送失败：')
  expect(buttons(box)).toEqual(['重试', '修改后重发'])
  await box.get('button').trigger('click')
  expect(post).toHaveBeenCalledWith('/conversations/c/messages/m/mail/retry')
  expect(buttons(shown('failed', '', {}, 'web'))).toEqual(['重试', '修改后重发', '改用聊天回复'])
  expect(buttons(shown('bounced'))).toEqual(['修改后重发'])
})

it('says why a mail waits for another try, and not that somebody refuses it for good', () => {
  const at = '2026-11-23T00:00:00Z'
  expect(shown('queued', 'recipient_refused', { at }).text()).toBe('还没有发出，会自动重试：对方服务器暂时不接收')
  expect(shown('queued', 'silent', { at }).text()).toBe('还没有发出，会自动重试：发件服务器没有应答')
})
