/** Which window over the desk is open. */
import { ref } from 'vue'

export const overlay = ref<'commands' | 'keys' | 'preferences' | null>(null)
