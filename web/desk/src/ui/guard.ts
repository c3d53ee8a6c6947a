/** Nothing is saved past a text that is no value: whoever would save what stands around the field is led back to it. */
import { onMounted, onUnmounted, type Ref } from 'vue'

export function useGuard(box: Ref<HTMLElement | undefined>, wrong: () => boolean): void {
  function stop(event: MouseEvent) {
    const save = wrong() ? (event.target as Element).closest('[data-variant=primary]') : null
    if (!save?.closest('form, [role=dialog]')?.contains(box.value ?? null)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    box.value?.focus()
  }
  onMounted(() => document.addEventListener('click', stop, true))
  onUnmounted(() => document.removeEventListener('click', stop, true))
}
