import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useGet } from '@/api/query'
import type { Category } from './types'

export function useCategories() {
  const { locale } = useI18n()
  const query = useGet<Category[]>('/article-categories')
  const label = (one: Category) => (locale.value === 'en' ? one.name_en || one.name_zh : one.name_zh || one.name_en)
  const options = computed(() => (query.found.value ?? []).map((one) => ({ value: one.id, label: label(one) })))
  return { ...query, options, label, name: (id: string | null) => { const found = query.found.value?.find((one) => one.id === id); return found ? label(found) : '' } }
}
