import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

/** Who may be the same person, and what was merged; with its words it loads when a card is first shown. */
export const SameCustomer = defineAsyncComponent(async () => {
  await needWords('customers/alike')
  return import('./parts/SameCustomer.vue')
})
