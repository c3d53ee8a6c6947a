/** Sound and notice for a customer's new words in my conversations, and for what colleagues and clocks did with them. */
import type { Frame } from '@/api/types'
import { i18n } from '@/app/i18n'
import { notice } from '@/app/notices'
import { myId } from '@/app/session'
import { sound } from '@/app/sounds'
import { useConversations } from '@/contexts/conversations'
import type { Tone } from '@/ui/kinds'
import { toast } from '@/ui/toast'

type Facts = Extract<Frame, { t: 'facts' }>
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

/** Tell on the screen and, while it is not looked at, on the desktop. */
function tell(text: string, tone: Tone, conversation: string, show: (id: string) => void): void {
  toast({ text, tone, stays_s: 30, action: { label: t('app.show'), run: () => show(conversation) } })
  notice(text, '', conversation, () => show(conversation))
}

export function hearMessages(frame: Facts, open: unknown, show: (id: string) => void): void {
  const mine = new Map(frame.conversations.filter((row) => row.agent_id === myId()).map((row) => [row.id, row]))
  const heard = frame.messages.filter((one) => one.kind === 'customer' && mine.has(one.conversation_id))
  const called = frame.messages.filter((one) => one.kind === 'note' && one.mentions?.includes(myId()) && one.author.id !== myId())
  if (called.length || (heard.length && (document.hidden || heard.some((one) => one.conversation_id !== open)))) sound('message')
  for (const one of heard) {
    const name = mine.get(one.conversation_id)?.customer.name ?? ''
    notice(t('app.notice_message', { name }), one.text, one.conversation_id, () => show(one.conversation_id))
  }
  for (const one of called) {
    const title = t('app.notice_mention', { name: one.author.name ?? '' })
    notice(title, one.text, one.id, () => show(one.conversation_id))
    if (one.conversation_id !== open) toast({ text: title, tone: 'info', stays_s: 30, action: { label: t('app.show'), run: () => show(one.conversation_id) } })
  }
  hearHands(frame, show)
}

/** Whose hands a conversation of mine went into, or came back from. */
function hearHands(frame: Facts, show: (id: string) => void): void {
  const store = useConversations()
  const name = (id: string) => store.rows.get(id)?.customer.name ?? ''
  for (const fact of frame.facts) {
    const id = fact.conversation_id
    if (fact.type === 'ConversationWoken' && fact.agent_id === myId() && fact.payload?.why === 'timer' && id) {
      sound('message')
      tell(t('app.alarm_woken', { name: frame.conversations.find((one) => one.id === id)?.customer.name ?? name(id) }), 'info', id, show)
    }
    if (fact.type !== 'TransferReturned' || fact.agent_id !== myId() || !id) continue
    sound('late')
    tell(t(fact.payload?.why === 'sender_away' ? 'app.alarm_returned_away' : 'app.alarm_returned', { name: name(id) }), 'danger', id, show)
  }
  for (const one of frame.messages) {
    const params = (one.params ?? {}) as Record<string, unknown>
    const id = one.conversation_id
    if (one.code === 'staff_taken_over' && params.from_id === myId()) tell(t('app.alarm_taken', { name: name(id) }), 'warning', id, show)
    if (one.code === 'staff_assigned' && params.to_id === myId() && params.by_id !== myId()) {
      sound('message')
      tell(t('app.alarm_assigned', { name: name(id) }), 'info', id, show)
    }
  }
}
