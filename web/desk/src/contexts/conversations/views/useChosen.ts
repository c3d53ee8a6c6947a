/** The view or filter that stands in the address, and what changes it. */
import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { filterOf, ordersOf, read, tidy, written } from './filter'
import type { View, ViewColumn, ViewFilter, ViewOrder } from './types'
import { columns, usualColumns } from './filter'
import { useViews } from './useViews'

export function useChosen() {
  const route = useRoute()
  const router = useRouter()
  const { views, loading, error, retry } = useViews()
  const text = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : null)
  const view = computed(() => views.value.find((one) => one.id === text('saved')) ?? null)
  const filter = computed<ViewFilter>(() => read(text('filter')) ?? view.value?.filter ?? {})
  const order = computed<ViewOrder>(() => {
    const wanted = (text('order') ?? view.value?.order ?? 'recent') as ViewOrder
    return ordersOf(filter.value).includes(wanted) ? wanted : 'recent'
  })
  const shown = computed<ViewColumn[]>(() => {
    const asked = [...new Set((text('columns') ?? '').split(','))].filter((one): one is ViewColumn => columns.includes(one as ViewColumn))
    return asked.length ? asked : view.value?.columns.length ? (view.value.columns as ViewColumn[]) : usualColumns
  })
  /** Custom fields as columns behind the others. */
  const fieldIds = computed<string[]>(() => { const asked = text('fields'); return asked === null ? (view.value?.field_ids ?? []) : asked.split(',').filter(Boolean).slice(0, 6) })
  const changed = computed(() => !!view.value && (written(filter.value) !== written(view.value.filter) || order.value !== view.value.order || (!!text('columns') && shown.value.join() !== view.value.columns.join()) || fieldIds.value.join() !== view.value.field_ids.join()))
  const put = (query: Record<string, string | undefined>) => void router.replace({ query: { ...route.query, ...query } })
  const setFilter = (next: ViewFilter) => put({ filter: written(next) })
  const setOrder = (next: ViewOrder) => put({ order: next })
  const setColumns = (next: ViewColumn[]) => put({ columns: next.join(',') })
  const setFields = (next: string[]) => put({ fields: next.join(',') })
  const choose = (one: View | null) => void router.push({ query: one ? { saved: one.id } : {} })
  /** As it is saved. */
  const restore = () => put({ filter: undefined, order: undefined, columns: undefined, fields: undefined })
  // A change that leads back to what is saved is none.
  watch(changed, (now) => { if (!now && view.value && (text('filter') || text('order'))) restore() })
  return { views, loading, error, retry, view, filter, order, shown, changed, missing: computed(() => !!text('saved') && !loading.value && !view.value), fieldIds, setFields, setFilter, setOrder, setColumns, choose, restore, tidy, filterOf }
}
