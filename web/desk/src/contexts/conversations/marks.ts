/** What I have pinned and chosen, and how many notes call me by name: known before the rest of it is loaded. */
import { ref, shallowReactive, shallowRef, type Component } from 'vue'

export const KEY = 'peakend.pins'
const kept = (): string[] => { try { return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[] } catch { return [] } }
export const pins = shallowReactive(new Set(kept()))
export const mentions = ref(0)
/** Conversations chosen for one act on all of them. */
export const chosen = shallowReactive(new Set<string>())
/** The bar that acts on them; a context above brings it. */
export const bulkBar = shallowRef<Component | null>(null)
/** The act that runs, or whose outcome was not put away yet. */
export const bulkRun = ref(localStorage.getItem('peakend.bulk') ?? '')
/** The conversation in which one begins to write as soon as it is there. */
export const starting = ref('')
let anchor = ''

/** Choose one or no longer; with a list, all from the last one to this. */
export function choose(id: string, range?: readonly string[]): void {
  const [from, to] = [range?.indexOf(anchor) ?? -1, range?.indexOf(id) ?? -1]
  if (range && from >= 0 && to >= 0) for (const one of range.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(one)
  else if (!chosen.delete(id)) chosen.add(id)
  anchor = id
}
