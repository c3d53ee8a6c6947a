import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onUnmounted, type Ref } from 'vue'
import { api } from '@/api/client'
import type { PathOf, Shapes } from '@/api/types'
import { onFacts } from '@/app/live'
import type { Field, ObjectType } from './types'

/** The fields of the house that one's roles see: asked for once, and again when somebody changes them. */
export function useFields() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: ['/profile-fields', {}], staleTime: 300_000, queryFn: () => api.get<Field[]>('/profile-fields') })
  const kinds = useQuery({ queryKey: ['/object-types', {}], staleTime: 300_000, queryFn: () => api.get<ObjectType[]>('/object-types') })
  onUnmounted(onFacts((frame) => {
    if (frame.facts.some((fact) => /(FieldChanged|FieldsOrdered)$/.test(fact.type))) void client.invalidateQueries({ queryKey: ['/profile-fields'] })
    if (frame.facts.some((fact) => /ObjectTypeChanged$/.test(fact.type))) void client.invalidateQueries({ queryKey: ['/object-types'] })
  }))
  return { fields: computed(() => (query.data.value ?? []).filter((one) => one.seen)), types: computed(() => (kinds.data.value ?? []).filter((one) => !one.archived_at)) }
}

/** What is kept at one place, fresh after every change somebody makes there. */
export function useKept<T>(path: Ref<PathOf<'get'>>, owners: Ref<string[]>, enabled: Ref<boolean>) {
  const query = useQuery({ queryKey: computed(() => [path.value, 'kept']), staleTime: 15_000, enabled, queryFn: () => api.get<T>(path.value) })
  onUnmounted(onFacts((frame) => {
    const here = (fact: { customer_id?: string | null; payload?: unknown }) => [fact.customer_id, ...Object.values((fact.payload ?? {}) as Record<string, unknown>)].some((id) => typeof id === 'string' && owners.value.includes(id))
    if (frame.facts.some((fact) => /(ProfileFilled|Company(Changed|Joined|Left)|ObjectChanged)$/.test(fact.type) && here(fact))) void query.refetch()
  }))
  return query
}

export type Beside = Shapes['Beside']
export type Profile = Shapes['Profile']
