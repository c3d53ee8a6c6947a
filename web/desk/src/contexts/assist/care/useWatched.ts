/** What stands beside one conversation; read a moment after it is opened, so that walking through a list asks nothing. */
import { onUnmounted, ref, watch, type Ref } from 'vue'
import { useGet } from '@/api/query'
import { onFacts } from '@/app/live'
import type { Watched } from './types'

const ABOUT = [
  'SideNoteWritten', 'SideThreadRead', 'SideThreadResolved', 'InterventionNeeded', 'InterventionOver', 'InterventionDismissed', 'InterventionRestored', 'SteppedIn', 'HandedBack', 'ConversationAssigned',
  'ConversationReleased', 'ApprovalAsked', 'ApprovalDecided', 'ApprovalEnded', 'ApprovalLate',
]

export function useWatched(id: Ref<string>) {
  const settled = ref('')
  let timer = 0
  watch(id, (now) => {
    clearTimeout(timer)
    timer = window.setTimeout(() => (settled.value = now), 250)
  }, { immediate: true })
  const query = useGet<Watched>(() => `/conversations/${settled.value || id.value}/watch`, {}, { enabled: () => settled.value === id.value })
  const end = onFacts((frame) => {
    if (settled.value === id.value && frame.facts.some((fact) => fact.conversation_id === id.value && ABOUT.includes(fact.type))) query.refresh()
  })
  onUnmounted(() => { end(); clearTimeout(timer) })
  return { ...query, settled }
}
