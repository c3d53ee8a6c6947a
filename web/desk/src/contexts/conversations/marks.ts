/** What I have pinned, and how many notes call me by name: known before the rest of it is loaded. */
import { ref, shallowReactive } from 'vue'

export const KEY = 'peakend.pins'
const kept = (): string[] => { try { return JSON.parse(localStorage.getItem(KEY) ?? '[]') as string[] } catch { return [] } }
export const pins = shallowReactive(new Set(kept()))
export const mentions = ref(0)
