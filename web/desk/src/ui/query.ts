/** State that belongs in the address: filters and sorting. */
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Sort } from './kinds'

/** A ref kept in `?name=`; null removes it. */
export function useQueryValue(name: string) {
  const route = useRoute()
  const router = useRouter()
  return computed<string | null>({
    get: () => (typeof route.query[name] === 'string' ? (route.query[name] as string) : null),
    set: (value) => void router.replace({ query: { ...route.query, [name]: value || undefined } }),
  })
}

/** The sort order of a table kept in `?sort=-name`. */
export function useQuerySort(name = 'sort') {
  const text = useQueryValue(name)
  return computed<Sort | null>({
    get: () => (text.value ? { key: text.value.replace(/^-/, ''), down: text.value.startsWith('-') } : null),
    set: (value) => (text.value = value ? `${value.down ? '-' : ''}${value.key}` : null),
  })
}
