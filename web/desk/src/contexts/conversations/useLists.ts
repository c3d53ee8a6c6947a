/** Small lists that many parts need: tags, reasons. */
import { useQuery } from '@tanstack/vue-query'
import { api } from '@/api/client'
import type { Reason, Tag } from '@/api/types'

const MINUTES_5 = 300_000
const items = <T>(found: T[] | { items: T[] }) => (Array.isArray(found) ? found : found.items)

export function useTags() {
  return useQuery({ queryKey: ['tags'], staleTime: MINUTES_5, queryFn: async () => items(await api.get<Tag[]>('/tags')) })
}

export function useReasons() {
  return useQuery({ queryKey: ['contact-reasons'], staleTime: MINUTES_5, queryFn: () => api.get<{ version: number; nodes: Reason[] }>('/contact-reasons') })
}
