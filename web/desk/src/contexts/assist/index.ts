import { defineAsyncComponent, ref } from 'vue'
import { needWords } from '@/app/i18n'

export { default as KnowledgeStrip } from './parts/KnowledgeStrip.vue'
export const KnowledgeTab = defineAsyncComponent(() => import('./parts/KnowledgeTab.vue'))
/** What stands beside a conversation; it comes after what is needed first. */
export const ConversationCare = defineAsyncComponent(async () => {
  await needWords('assist/care')
  return import('./care/parts/ConversationCare.vue')
})
/** How many conversations call for somebody; only supervisors are told. */
export const calling = ref(0)
/** Hear whispers, questions and calls for help; returns the function that stops it. */
export async function followCare(show: (id: string) => void): Promise<() => void> {
  return (await import('./care/following')).follow(calling, show)
}
