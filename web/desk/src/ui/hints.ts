/** One tooltip for the whole app: what carries `data-hint` is named when it is pointed at or reached by Tab. */
import { shallowRef } from 'vue'

const POINTED_MS = 400
const LEFT_MS = 120

/** What is named just now. */
export const hinted = shallowRef<HTMLElement | null>(null)
/** The tooltip's own box: who points at it may read on. */
export const box = shallowRef<HTMLElement | null>(null)

let soon = 0
let next: HTMLElement | null = null

function name(target: HTMLElement | null, after_ms: number): void {
  if (target === next) return
  clearTimeout(soon)
  next = target
  soon = window.setTimeout(() => { hinted.value = target?.isConnected ? target : null }, after_ms)
}
const bearer = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLElement>('[data-hint]') : null)

function pointed(event: PointerEvent): void {
  if (event.pointerType === 'touch') return
  if (box.value?.contains(event.target as Node)) return name(hinted.value, 0)
  const target = bearer(event)
  // From one to the next there is no waiting.
  name(target, target ? (hinted.value ? 0 : POINTED_MS) : LEFT_MS)
}
function put(): void {
  name(null, 0)
  hinted.value = null
}

/** Listen in the whole document; the box itself is drawn by Hints.vue. */
export function startHints(): void {
  document.addEventListener('pointerover', pointed, { passive: true })
  document.addEventListener('pointerdown', put, { passive: true })
  document.addEventListener('focusin', (event) => { if ((event.target as HTMLElement).matches?.(':focus-visible')) name(bearer(event), 0) })
  document.addEventListener('focusout', put)
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape' || !hinted.value?.isConnected) put() }, { passive: true })
  document.addEventListener('scroll', () => { if (hinted.value) put() }, { passive: true, capture: true })
}
