import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

export { default as OfferBar } from './parts/OfferBar.vue'
export { default as PresenceMenu } from './parts/PresenceMenu.vue'
export { followPresence, presence, setPresence } from './presence'
export { presenceTone } from './tones'
/** Passing on, with the directory; it loads with its words when it is asked for. */
export const TransferDialog = defineAsyncComponent(async () => (await needWords('routing/transfer'), import('./transfer/TransferDialog.vue')))
/** Why a conversation came to whom; with its words it loads when it is asked for. */
export const DecisionDialog = defineAsyncComponent(async () => {
  await needWords('routing/decisions')
  return import('./decisions/DecisionDialog.vue')
})
