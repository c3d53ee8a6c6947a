/** Words to begin with, when they fit: asked for where one rests and the customer spoke last; what became of them is told to the house. */
import { onUnmounted, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import type { ConversationRow, Shapes } from '@/api/types'
import { helpAddress, myId } from '@/app/session'
import { useConversations } from '@/contexts/conversations'
import { composed, insertIntoComposer } from '@/contexts/conversations/composing'

export type Help = Shapes['Help']
type Outcome = Shapes['OutcomeGiven']['outcome']
const REST_MS = 700

/** The words as they go into the reply. */
export const wordsOf = (one: Help) => one.text.replace('{link}', one.url ? new URL(helpAddress(one.url), location.origin).href : '').trim()

export function useHelps(row: Ref<ConversationRow>) {
  const store = useConversations()
  const helps = ref<Help[]>([])
  /** What was taken here and waits for the reply that it goes into. */
  let taken: { id: string; text: string; conversation: string; after: number }[] = []
  let soon = 0
  const last = () => store.thread(row.value.id).messages.findLast((one) => one.kind === 'customer' || one.kind === 'agent')
  const tell = (id: string, outcome: Outcome) => void api.post(`/reply-helps/${id}/outcomes`, { outcome }).catch(() => undefined)

  async function ask() {
    const { id } = row.value
    const about = last()
    if (about?.kind !== 'customer') return
    // Nothing is lost where it does not come: it is only a hint.
    const found = await api.post<Help[]>(`/conversations/${id}/helps`).catch(() => [])
    if (id === row.value.id && last()?.seq === about.seq) helps.value = found
  }
  watch(() => [row.value.id, last()?.seq ?? 0, store.thread(row.value.id).loaded] as const, ([id], was) => {
    helps.value = []
    clearTimeout(soon)
    settle(id, was?.[0])
    if (last()?.kind === 'customer') soon = window.setTimeout(() => void ask(), REST_MS)
  }, { immediate: true })
  onUnmounted(() => clearTimeout(soon))

  /** The reply has gone: say of each help in it whether it went as it was. */
  function settle(id: string, was?: string) {
    if (id !== was) taken = taken.filter((one) => one.conversation === id)
    const own = store.thread(id).messages.findLast((one) => one.kind === 'agent' && one.author.id === myId())
    if (!own) return
    for (const one of taken.filter((help) => help.conversation === id && own.seq > help.after)) {
      tell(one.id, own.text.includes(one.text) ? 'kept' : 'changed')
      taken = taken.filter((other) => other.id !== one.id)
    }
  }
  function take(one: Help) {
    const text = wordsOf(one)
    if (composed.kind !== 'agent' || !insertIntoComposer(text)) return
    helps.value = helps.value.filter((other) => other.id !== one.id)
    taken.push({ id: one.id, text, conversation: row.value.id, after: last()?.seq ?? 0 })
    tell(one.id, 'taken')
  }
  function dismiss() {
    for (const one of helps.value) tell(one.id, 'dismissed')
    helps.value = []
  }
  return { helps, take, dismiss }
}
