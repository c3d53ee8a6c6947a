/** Rows of one height in a scroller: only those in sight and a few around them exist. Units: px. */
import { computed, onUnmounted, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue'

export function useVirtualRows(scroller: Ref<HTMLElement | undefined>, count: MaybeRefOrGetter<number>, height: MaybeRefOrGetter<number>, overscan = 6) {
  const top = ref(0)
  const seen = ref(0)
  let frame = 0
  const read = () => { frame = 0; const box = scroller.value; if (box) { top.value = box.scrollTop; seen.value = box.clientHeight } }
  const later = () => { frame ||= requestAnimationFrame(read) }
  const sized = new ResizeObserver(read)
  watch(scroller, (box, was) => {
    was?.removeEventListener('scroll', later)
    sized.disconnect()
    if (!box) return
    box.addEventListener('scroll', later, { passive: true })
    sized.observe(box)
    read()
  }, { immediate: true, flush: 'post' })
  onUnmounted(() => { sized.disconnect(); cancelAnimationFrame(frame) })

  // In steps of the overscan, so that most frames of a scroll render nothing.
  const first = computed(() => Math.max(0, (Math.floor(top.value / toValue(height) / overscan) - 1) * overscan))
  const last = computed(() => Math.min(toValue(count), first.value + Math.ceil(seen.value / toValue(height) / overscan) * overscan + 3 * overscan))
  const items = computed(() => Array.from({ length: Math.max(0, last.value - first.value) }, (_, at) => ({ index: first.value + at, start: (first.value + at) * toValue(height) })))
  const total = computed(() => toValue(count) * toValue(height))

  /** Bring a row into sight with the least movement. */
  function show(index: number): void {
    const box = scroller.value
    if (!box) return
    const start = index * toValue(height)
    if (start < box.scrollTop) box.scrollTop = start
    else if (start + toValue(height) > box.scrollTop + box.clientHeight) box.scrollTop = start + toValue(height) - box.clientHeight
    read()
  }
  return { items, total, first, last, show }
}
