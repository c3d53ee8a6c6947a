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
  const pool = computed(() => Math.ceil(seen.value / toValue(height) / overscan) * overscan + 3 * overscan)
  const last = computed(() => Math.min(toValue(count), first.value + pool.value))
  const items = computed(() => Array.from({ length: Math.max(0, last.value - first.value) }, (_, at) => ({ index: first.value + at, slot: (first.value + at) % pool.value, start: (first.value + at) * toValue(height) })))
  const total = computed(() => toValue(count) * toValue(height))

  /** Bring a row into sight with the least movement. */
  function show(index: number): void {
    const box = scroller.value
    if (!box) return
    const start = index * toValue(height)
    // What was last read is enough; asking the box again would force a layout.
    if (start < top.value) box.scrollTop = top.value = start
    else if (start + toValue(height) > top.value + seen.value) box.scrollTop = top.value = start + toValue(height) - seen.value
  }
  // `slot` is the key of a row: a row that leaves on one side comes back on the other with new contents.
  return { items, total, first, last, show }
}
