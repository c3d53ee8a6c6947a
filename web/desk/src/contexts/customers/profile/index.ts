import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

/** What the house keeps of a customer and a conversation; with its words it loads when a card is first shown. */
export const ProfileBeside = defineAsyncComponent(async () => {
  await needWords('customers/profile')
  return import('./parts/ProfileBeside.vue')
})
