/** People, teams, skills and brands, for forms of every context. */
import { computed } from 'vue'
import { useGet } from '@/api/query'
import type { Brand } from '@/api/types'
import type { Option } from '@/ui/kinds'
import type { Member, Skill, Team } from './types'

export function useMembers() {
  const query = useGet<Member[]>('/members')
  const options = computed<Option[]>(() => (query.found.value ?? []).filter((one) => one.active).map((one) => ({ value: one.id, label: one.name, hint: one.login ?? undefined })))
  return { ...query, options, name: (id: string | null) => query.found.value?.find((one) => one.id === id)?.name ?? '' }
}

export function useTeams() {
  return named(useGet<Team[]>('/teams'))
}

export function useSkills() {
  return named(useGet<Skill[]>('/skills'))
}

export function useBrands() {
  return named(useGet<Brand[]>('/brands'))
}

function named<T extends { id: string; name: string }>(query: ReturnType<typeof useGet<T[]>>) {
  const options = computed<Option[]>(() => (query.found.value ?? []).map((one) => ({ value: one.id, label: one.name })))
  return { ...query, options, name: (id: string | null) => query.found.value?.find((one) => one.id === id)?.name ?? '' }
}
