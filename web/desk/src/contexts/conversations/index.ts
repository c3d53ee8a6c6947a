import { defineAsyncComponent } from 'vue'

export { default as ConversationList } from './parts/ConversationList.vue'
export { default as ConversationPane } from './parts/ConversationPane.vue'
export const RowItem = defineAsyncComponent(() => import('./parts/RowItem.vue'))
export { pieces } from './highlight'
export { insertIntoComposer } from './insert'
export { offerQuick } from './quick'
export { useActs } from './useActs'
export { useReasons, useTags } from './useLists'
export { comesBack } from './aside'
export { flushAll, onArrived, outbox } from './outbox'
export { systemText } from './systemText'
export { useConversations } from './store'
