/** Moving a case: written at once, taken back for eight seconds, and never over what somebody else did meanwhile. */
import { onUnmounted, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import { useRefresh, useWrite } from '@/api/query'
import { onFacts } from '@/app/live'
import { toast } from '@/ui/toast'
import type { CaseItem, MovedTo } from './cases'

const PATHS = ['/cases', '/case-board', '/case-counts', '/conversations/']

export function useCaseMoves() {
  const { t } = useI18n()
  const refreshed = useRefresh()
  const { busy, failure, run } = useWrite()
  // What was not written because somebody else was first: the page says so and stays as it is.
  const stale = ref('')
  const refresh = () => refreshed(...PATHS.slice(0, 3))
  onUnmounted(onFacts((frame) => { if (frame.facts.some((fact) => fact.type.startsWith('Case') || fact.type === 'CustomerInformed')) void refresh() }))
  async function write(send: () => Promise<CaseItem>): Promise<CaseItem | undefined> {
    const found = await run(send)
    if (failure.value?.code === 'cases.stale') stale.value = failure.value.message
    else if (!found && failure.value) toast({ text: failure.value.message, tone: 'danger' })
    await refresh()
    return found
  }
  async function move(item: CaseItem, state: MovedTo, undo = true): Promise<void> {
    const former = item.state as MovedTo
    if (former === state || item.state === 'closed') return
    const found = await write(() => api.put<CaseItem>(`/cases/${item.id}/state`, { version: item.version, state }))
    if (!found) return
    const text = t('cases.moved', { number: `W-${item.number}`, state: t(`cases.state_${state}`) })
    toast(undo ? { text, undo: () => void move(found, former, false) } : { text })
  }
  const take = (item: CaseItem, owner_id: string | null) => write(() => api.put<CaseItem>(`/cases/${item.id}/owner`, { version: item.version, owner_id }))
  const raise = (item: CaseItem, priority: string) => write(() => api.put<CaseItem>(`/cases/${item.id}/priority`, { version: item.version, priority }))
  return { busy, stale, move, take, raise, refresh }
}
