import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onUnmounted, type Ref } from 'vue'
import { api } from '@/api/client'
import type { PathOf, Shapes } from '@/api/types'
import { onFacts } from '@/app/live'
import type { Field } from './types'

/** All fields of the house: asked for once, and again when somebody changes them. */
export function useFields() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['/profile-fields', {}], staleTime: 300_000, queryFn: () => api.get<Field[]>('/profile-fields') })
  onUnmounted(onFacts((frame) => {
    if (frame.facts.some((fact) => /Fields?(Changed|Ordered)$/.test(fact.type))) void client.invalidateQueries({ queryKey: ['/profile-fields'] })
  }))
  return { ...query, fields: computed(() => query.data.value ?? []) }
}

/** What is filled in at one place, fresh after every change somebody makes there. */
export function useFilled<T>(path: Ref<PathOf<'get'>>, owner: Ref<string[]>, enabled: Ref<boolean>) {
  const query = useQuery({ queryKey: computed(() => [path.value, 'filled']), staleTime: 15_000, enabled, queryFn: () => api.get<T>(path.value) })
  onUnmounted(onFacts((frame) => {
    if (frame.facts.some((fact) => /ProfileFilled$/.test(fact.type) && owner.value.includes(String((fact.payload as { owner_id?: string }).owner_id)))) void query.refetch()
  }))
  return query
}

export type Beside = Shapes['Beside']
