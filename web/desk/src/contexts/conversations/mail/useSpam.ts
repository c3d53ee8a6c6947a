/** That a mail is spam: its conversation ends, its sender is perhaps not heard again; both can be taken back. */
import { api } from '@/api/client'
import type { ConversationRow, Message } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { useConversations } from '../store'

export function useSpam() {
  const store = useConversations()
  const { t } = i18n.global
  async function mark(message: Message, blocks: boolean): Promise<void> {
    const path = `/conversations/${message.conversation_id}/spam` as const
    try {
      store.take(await api.put<ConversationRow>(path, { blocks }))
      toast({ text: t(blocks ? 'conversations.mail.blocked_toast' : 'conversations.mail.spam_toast'), undo: () => void unmark(message) })
    } catch (error) {
      sayFailure(t('conversations.mail.spam_failed'), error)
    }
  }
  async function unmark(message: Message): Promise<void> {
    try {
      store.take(await api.remove<ConversationRow>(`/conversations/${message.conversation_id}/spam`))
    } catch (error) {
      sayFailure(t('conversations.mail.spam_failed'), error)
    }
  }
  return { mark, unmark }
}
