/** Short notices at the lower edge, with undo for what acts at once. */
import { reactive } from 'vue'
import type { Tone } from './kinds'

export interface Toast {
  id: number
  text: string
  hint?: string
  tone: Tone
  action?: { label: string; kbd?: string; run: () => void }
  undo?: () => void
  stays_s: number
  /** How often it was said while it stood there. */
  times: number
}

export const toasts = reactive<Toast[]>([])
let last = 0

/** Show a notice, one that stands there already once more; with `undo` it offers 撤销 for 8 s. Returns the function that takes it away. */
export function toast(wanted: Partial<Toast> & { text: string }): () => void {
  const id = ++last
  const again = wanted.undo ? undefined : toasts.find((one) => one.text === wanted.text && one.hint === wanted.hint && !one.undo)
  if (again) dismiss(again.id)
  toasts.push({ tone: 'neutral', stays_s: wanted.undo ? 8 : wanted.tone === 'danger' ? 10 : 5, ...wanted, id, times: (again?.times ?? 0) + 1 })
  if (toasts.length > 4) toasts.shift()
  return () => dismiss(id)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
