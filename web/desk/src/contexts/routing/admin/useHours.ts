import { computed } from 'vue'
import { useGet } from '@/api/query'
import type { Hours } from './hours'

export function useHours() {
  const query = useGet<(Hours & { id: string; version: number })[]>('/business-hours')
  const options = computed(() => (query.found.value ?? []).map((one) => ({ value: one.id, label: one.name })))
  return { ...query, options, name: (id: string | null) => query.found.value?.find((one) => one.id === id)?.name ?? '' }
}
