import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api } from '@/api/client'
import type { Suggestion } from '@/api/types'

/** Articles that fit a conversation (and a query); asked again when the customer says something new. */
export function useSuggestions(id: Ref<string>, seq: Ref<number>, q: Ref<string>, on?: Ref<boolean>) {
  return useQuery<Suggestion[]>({
    queryKey: computed(() => ['suggestions', id.value, seq.value, q.value.trim()]),
    enabled: computed(() => !!id.value && (on?.value ?? true)),
    staleTime: 60_000,
    retry: false,
    placeholderData: (old) => old,
    queryFn: async ({ signal }) => {
      const found = await api.get<Suggestion[] | { items: Suggestion[] }>(`/conversations/${id.value}/suggestions`, { q: q.value.trim() }, signal)
      return Array.isArray(found) ? found : found.items
    },
  })
}

/** What goes into the reply: the words of the article and where it stands. */
export function asReply(one: Suggestion): string {
  const words = one.excerpt
  const url = one.url && one.audience !== 'agent' ? new URL(one.url, location.origin).href : ''
  return url ? `${words}\n${url}` : words
}
