import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

export { default as ConversationList } from './parts/ConversationList.vue'
const loadPane = () => import('./parts/ConversationPane.vue')
/** The list does not wait for it: thread and composer come with the first conversation, or a moment before. */
export const ConversationPane = defineAsyncComponent(loadPane)
export interface Pane { show: (seq: number) => Promise<void>; focusComposer: () => void }
export const prepareConversationPane = (): void => void loadPane().catch(() => undefined)
export const RowItem = defineAsyncComponent(() => import('./parts/RowItem.vue'))
export { pieces } from './highlight'
/** Cards in the composer; they come after what is needed first. */
export const RichTool = defineAsyncComponent(async () => (await needWords('conversations/rich'), import('./rich/RichTool.vue')))
export { offerQuick } from './quick'
export { useActs } from './useActs'
export { useReasons, useTags } from './useLists'
export { comesBack } from './aside'
export { discard, flushAll, onArrived, outbox } from './outbox'
export { systemText } from './systemText'
export { bulkBar, bulkRun, chosen, mentions, starting } from './marks'
/** Hear what I follow and who calls me; returns the function that ends it. */
export const followMine = async () => (await import('./following/useFollowing')).follow()
export { isLater, useConversations } from './store'
