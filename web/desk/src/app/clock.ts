/** Server time in the browser: one shared second, and the offset learnt from the server. */
import { ref, type Ref } from 'vue'

let offset_ms = 0
const now = ref(Date.now())
window.setInterval(() => (now.value = Date.now() + offset_ms), 1000)

/** The time of the server, ticking once a second. Units: milliseconds. */
export function useNow(): Readonly<Ref<number>> {
  return now
}

export function serverNow(): number {
  return Date.now() + offset_ms
}

/** Learn the difference from a time the server just sent. */
export function learnNow(at: string): void {
  const seen = Date.parse(at)
  if (!Number.isNaN(seen)) offset_ms = seen - Date.now()
}
