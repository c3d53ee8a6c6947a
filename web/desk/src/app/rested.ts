/** Where one stays: what stands beside a conversation is asked for when one rests there, not on the way past. */
import { onUnmounted, ref, watch, type Ref } from 'vue'

export const REST_MS = 450

export function useRested<T>(place: () => T): Ref<T> {
  const rested = ref(place()) as Ref<T>
  let soon = 0
  watch(place, (now) => {
    clearTimeout(soon)
    soon = window.setTimeout(() => { rested.value = now }, REST_MS)
  })
  onUnmounted(() => clearTimeout(soon))
  return rested
}
