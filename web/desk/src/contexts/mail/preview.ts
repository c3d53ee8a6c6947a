/** What is being written, shown as the mail it makes: asked for when somebody pauses, the newest answer shown. */
import { useDebounceFn, useEventListener } from '@vueuse/core'
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import type { PathOf, Shapes } from '@/api/types'
import { braces } from './mail'

export function usePreview<T extends object>(address: PathOf<'post'>, draft: Ref<T | undefined>) {
  const preview = ref<Shapes['TemplatePreview'] | null>(null)
  const failed = ref(false)
  let turn = 0
  async function look() {
    if (!draft.value) return
    const mine = ++turn
    try {
      const found = await api.post<Shapes['TemplatePreview']>(address, draft.value)
      if (mine === turn) [preview.value, failed.value] = [found, false]
    } catch {
      if (mine === turn) failed.value = true
    }
  }
  const soon = useDebounceFn(look, 400)
  watch(draft, () => void (preview.value ? soon() : look()), { deep: true, immediate: true })
  // What did not come while the line was cut comes by itself when it is back.
  useEventListener(window, 'online', () => void (failed.value && look()))
  return { preview, failed, look, faults: computed(() => preview.value?.faults ?? []) }
}

/** Put a variable where one was writing; the text as it is then. */
export function inserted(area: HTMLTextAreaElement, body: string, name: string): string {
  const [from, to, text] = [area.selectionStart, area.selectionEnd, braces(name)]
  void nextTick(() => { area.focus(); area.setSelectionRange(from + text.length, from + text.length) })
  return body.slice(0, from) + text + body.slice(to)
}
