import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onUnmounted, type Ref } from 'vue'
import { api } from '@/api/client'
import type { ConversationRow, CustomerCard, Page, Shapes } from '@/api/types'
import { onFacts } from '@/app/live'
import { customerQuery } from './customerQuery'

export function useCustomer(id: Ref<string>) {
  const client = useQueryClient()
  onUnmounted(onFacts((frame) => {
    const told = new Set(frame.facts.flatMap((fact) => (fact.type.startsWith('Customer') ? [fact.customer_id, fact.payload.absorbed_id] : [])))
    for (const one of told) {
      if (typeof one !== 'string') continue
      // While somebody was merged, another's card was kept under this id: it must not come back with it.
      client.removeQueries({ queryKey: ['customer', one], type: 'inactive' })
      void client.invalidateQueries({ queryKey: ['customer', one] })
    }
  }))
  return useQuery(computed(() => ({ ...customerQuery(id.value), enabled: !!id.value, placeholderData: (old: CustomerCard | undefined) => old })))
}

/** Everything the customer had with us before, open contacts first. */
export function useContacts(id: Ref<string>, through?: Ref<string | undefined>) {
  return useQuery({
    queryKey: computed(() => ['customer-contacts', id.value, through?.value]),
    staleTime: 15_000,
    enabled: computed(() => !!id.value),
    queryFn: async () => {
      // Who serves a customer sees every contact of theirs, whichever queue it was in.
      if (through?.value) return api.get<ConversationRow[]>(`/conversations/${through.value}/contacts`)
      const [open, closed] = await Promise.all((['all', 'closed'] as const).map((view) => api.get<Page<ConversationRow>>('/conversations', { view, customer: id.value, limit: 50 })))
      return [...open.items, ...closed.items]
    },
  })
}

/** What belongs to an open conversation; kept fresh beside the composer. */
export function useRelations(through: Ref<string | undefined>) {
  return useQuery({
    queryKey: computed(() => ['related', through.value]),
    staleTime: 10_000,
    enabled: computed(() => !!through.value),
    queryFn: () => api.get<Shapes['RelatedConversation'][]>(`/conversations/${through.value}/related`),
  })
}
