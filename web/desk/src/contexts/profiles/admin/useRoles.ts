/** The roles that a field can be for: built-in ones, the house's own, and keys of the API. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useGet } from '@/api/query'
import type { Shapes } from '@/api/types'

export const KEYS = 'api_key'

export function useRoles() {
  const { t } = useI18n()
  const view = useGet<Shapes['FieldSightsView']>('/field-sights')
  const roles = computed(() => [...(view.found.value?.roles ?? []).map((one) => ({ key: one.key, name: one.name || t(`accounts.role_${one.key}`) })), { key: KEYS, name: t('profiles.admin.roles_key') }])
  const nameOf = (key: string) => roles.value.find((one) => one.key === key)?.name ?? t('profiles.admin.roles_gone')
  return { roles, nameOf, loading: view.loading }
}
