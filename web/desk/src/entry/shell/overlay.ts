/** Which window over the desk is open. */
import { ref, shallowRef, watch, type Component } from 'vue'

export interface Place { name: string; to: string; icon: Component; key?: string; count?: number; permission?: string; last?: boolean; shy?: boolean; words?: string }
/** Places that join the rail after what is needed first. */
export const later = shallowRef<Place[]>([])

export const overlay = ref<'commands' | 'keys' | 'preferences' | null>(null)

// Until it stands there, what is typed into it must not act on the page below.
watch(overlay, (now) => document.body.toggleAttribute('data-covered', now !== null), { flush: 'sync' })
