import { defineAsyncComponent } from 'vue'

export { default as OfferBar } from './parts/OfferBar.vue'
export { default as PresenceMenu } from './parts/PresenceMenu.vue'
export { followPresence, presence, setPresence } from './presence'
export { presenceTone } from './tones'
export const TransferDialog = defineAsyncComponent(() => import('./parts/TransferDialog.vue'))
