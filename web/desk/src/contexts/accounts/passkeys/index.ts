import { defineAsyncComponent, type Component } from 'vue'
import { needWords } from '@/app/i18n'

// Where the line is away, the password and the code are still there.
const lazy = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(() => needWords('accounts/passkeys').then(load).catch(() => ({ default: () => null })))

/** Signing in with a passkey alone; comes after the page. */
export const PasskeyDoor = lazy(() => import('./PasskeyDoor.vue'))
/** A passkey as the second step, or made there. */
export const PasskeyStep = lazy(() => import('./PasskeyStep.vue'))
/** One's own passkeys. */
export const PasskeysSection = lazy(() => import('./PasskeysSection.vue'))
