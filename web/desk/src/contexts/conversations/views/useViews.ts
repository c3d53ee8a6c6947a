/** My views with how much is in each; asked for again when something happened, and not too often. */
import { computed, onUnmounted } from 'vue'
import { api, ApiError } from '@/api/client'
import { useGet, useRefresh } from '@/api/query'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { toast } from '@/ui/toast'
import type { View, ViewCount } from './types'

const COUNT_EVERY_MS = 15_000
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

export function useViews() {
  const list = useGet<View[]>('/views')
  const refresh = useRefresh()
  const deaf = onFrame((frame) => {
    if (frame.t === 'resync' || (frame.t === 'facts' && frame.facts.some((fact) => fact.type === 'ViewChanged'))) void refresh('/views')
  })
  onUnmounted(deaf)
  return { views: computed(() => list.found.value ?? []), loading: list.loading, error: list.error, retry: list.refresh }
}

export function useViewCounts() {
  const counts = useGet<ViewCount[]>('/views/counts')
  let asked = Date.now()
  let timer = 0
  const deaf = onFrame((frame) => {
    if (timer || frame.t !== 'facts' || !(frame.conversations.length || frame.gone.length)) return
    timer = window.setTimeout(() => { timer = 0; asked = Date.now(); counts.refresh() }, Math.max(1500, asked + COUNT_EVERY_MS - Date.now()))
  })
  onUnmounted(() => { deaf(); clearTimeout(timer) })
  /** "7", "99+", or "3+" where only the newest were looked at. */
  return (id: string) => {
    const found = counts.found.value?.find((one) => one.view_id === id)
    return found ? `${found.count}${found.more ? '+' : ''}` : ''
  }
}

/** What changes views; each answers whether it was done. */
export function useKeeping() {
  const refresh = useRefresh()
  async function run<T>(what: string, write: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await write()
      await refresh('/views')
      return answer
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await refresh('/views')
      sayFailure(t(what), error)
      return undefined
    }
  }
  type Given = Pick<View, 'name' | 'filter' | 'order' | 'columns' | 'field_ids' | 'scope'> & { team_id: string | null }
  return {
    add: (given: Given) => run('conversations.views.save_failed', () => api.post<View>('/views', given)),
    change: (view: View, given: Partial<Given>) => run('conversations.views.save_failed', () => api.patch<View>(`/views/${view.id}`, { ...given, version: view.version })),
    async remove(view: View): Promise<boolean> {
      const done = await run('conversations.views.delete_failed', async () => { await api.remove(`/views/${view.id}`); return true })
      if (done) {
        const { name, filter, order, columns, field_ids, scope, team_id } = view
        toast({ text: t('conversations.views.deleted', { name }), undo: () => void run('conversations.views.save_failed', () => api.post<View>('/views', { name, filter, order, columns, field_ids, scope, team_id })) })
      }
      return !!done
    },
    reorder: (ids: string[]) => run('conversations.views.order_failed', async () => { await api.put('/views/order', { view_ids: ids }); return true }),
  }
}
