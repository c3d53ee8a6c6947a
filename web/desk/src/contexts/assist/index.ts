import { defineAsyncComponent } from 'vue'

export { default as KnowledgeStrip } from './parts/KnowledgeStrip.vue'
export const KnowledgeTab = defineAsyncComponent(() => import('./parts/KnowledgeTab.vue'))
