import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

/** Below a list: what is chosen, and one act on all of it; with its words it loads when something is chosen. */
export const BulkBar = defineAsyncComponent(async () => {
  await needWords('automation/bulk', 'conversations')
  return import('./bulk/parts/BulkBar.vue')
})
/** Brings macros to the open conversation; with its words it loads when it is first shown. */
export const Macros = defineAsyncComponent(async () => {
  await needWords('automation')
  return import('./parts/Macros.vue')
})
