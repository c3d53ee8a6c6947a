import { defineAsyncComponent, ref } from 'vue'
import { needWords } from '@/app/i18n'

/** It comes with the first conversation; `tab` is the key in the composer. */
export const KnowledgeStrip = defineAsyncComponent(() => import('./parts/KnowledgeStrip.vue'))
export interface Strip { tab: (event: KeyboardEvent) => void }
export const KnowledgeTab = defineAsyncComponent(() => import('./parts/KnowledgeTab.vue'))
/** What stands beside a conversation; it comes after what is needed first. */
export const ConversationCare = defineAsyncComponent(async () => {
  await needWords('assist/care')
  return import('./care/parts/ConversationCare.vue')
})
/** The way to ask a colleague, in the composer. */
export const AskColleague = defineAsyncComponent(async () => {
  await needWords('assist/care')
  return import('./care/parts/AskColleague.vue')
})
/** How many conversations call for somebody; only supervisors are told. */
export const calling = ref(0)
/** How many side threads hold something new for me. */
export const askedMe = ref(0)
/** How many replies wait for my approval. */
export const toApprove = ref(0)
/** Hear whispers, questions and calls for help; returns the function that stops it. */
export async function followCare(go: (path: string) => void): Promise<() => void> {
  return (await import('./care/following')).follow(calling, askedMe, toApprove, go)
}
