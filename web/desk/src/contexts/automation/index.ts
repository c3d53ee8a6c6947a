import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

/** Brings macros to the open conversation; with its words it loads when it is first shown. */
export const Macros = defineAsyncComponent(async () => {
  await needWords('automation')
  return import('./parts/Macros.vue')
})
