/** The name of the brand that a page is about; several may have what looks alike. */
import { computed } from 'vue'
import { useGet } from '@/api/query'
import type { House } from './mail'

export function useBrandName(id: string) {
  const house = useGet<House>('/mail-servers')
  return computed(() => house.found.value?.brands.find((one) => one.brand_id === id)?.name ?? '')
}
