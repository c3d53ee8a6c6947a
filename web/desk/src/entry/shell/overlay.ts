/** Which window over the desk is open. */
import { ref, watch } from 'vue'

export const overlay = ref<'commands' | 'keys' | 'preferences' | null>(null)

// Until it stands there, what is typed into it must not act on the page below.
watch(overlay, (now) => document.body.toggleAttribute('data-covered', now !== null), { flush: 'sync' })
