/** Sound and notice for a customer's new words in my conversations. */
import type { Frame } from '@/api/types'
import { i18n } from '@/app/i18n'
import { notice } from '@/app/notices'
import { myId } from '@/app/session'
import { sound } from '@/app/sounds'

export function hearMessages(frame: Extract<Frame, { t: 'facts' }>, open: unknown, show: (id: string) => void): void {
  const mine = new Map(frame.conversations.filter((row) => row.agent_id === myId()).map((row) => [row.id, row]))
  const heard = frame.messages.filter((one) => one.kind === 'customer' && mine.has(one.conversation_id))
  const called = frame.messages.filter((one) => one.kind === 'note' && one.mentions?.includes(myId()) && one.author.id !== myId())
  if (!heard.length && !called.length) return
  if (called.length || document.hidden || heard.some((one) => one.conversation_id !== open)) sound('message')
  for (const one of heard) {
    const name = mine.get(one.conversation_id)?.customer.name ?? ''
    notice(i18n.global.t('app.notice_message', { name }), one.text, one.conversation_id, () => show(one.conversation_id))
  }
  for (const one of called) notice(i18n.global.t('app.notice_mention', { name: one.author.name ?? '' }), one.text, one.id, () => show(one.conversation_id))
}
