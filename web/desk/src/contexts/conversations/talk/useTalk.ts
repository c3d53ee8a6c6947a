/** What is done with single messages: signs, taking back, passing on inside. */
import { api } from '@/api/client'
import type { Message } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { insertIntoComposer } from '../insert'
import { forgetQuoted } from '../quoting'
import type { SignCode } from '../signs'
import { useConversations } from '../store'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

export function useTalk() {
  const store = useConversations()

  async function react(message: Message, reaction: SignCode | null): Promise<void> {
    try {
      store.addMessages([await api.put<Message>(`/messages/${message.id}/reaction`, { reaction })])
    } catch (error) {
      sayFailure(t('conversations.talk.react_failed'), error)
    }
  }

  async function recall(message: Message): Promise<void> {
    try {
      store.addMessages([await api.post<Message>(`/messages/${message.id}/recalls`)])
      forgetQuoted(message.id)
      const { text, kind } = message
      toast({
        text: t(kind === 'note' ? 'conversations.talk.note_recalled' : 'conversations.talk.recalled'),
        action: text && kind === 'agent' ? { label: t('conversations.talk.write_anew'), run: () => insertIntoComposer(text) } : undefined,
      })
    } catch (error) {
      sayFailure(t('conversations.talk.recall_failed'), error)
    }
  }

  /** Pass a message on inside: always as a note, so that it never reaches a customer. */
  async function forward(message: Message, to: { conversation_id: string; text: string; mentions: string[] }, client_id: string): Promise<boolean> {
    try {
      const { conversation_id, text, mentions } = to
      store.addMessages([await api.post<Message>(`/conversations/${conversation_id}/messages`, { client_id, kind: 'note', text, mentions, reply_to: message.id })])
      return true
    } catch (error) {
      sayFailure(t('conversations.talk.forward_failed'), error)
      return false
    }
  }
  return { react, recall, forward }
}
