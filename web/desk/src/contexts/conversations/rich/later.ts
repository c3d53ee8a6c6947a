/** What draws rich messages and mails comes with the first of them, and the words of both; till then, and where it does not come, their words stand there. */
import { defineAsyncComponent, ref } from 'vue'
import { needWords } from '@/app/i18n'

export const drawn = ref(false)
export const RichMessage = defineAsyncComponent(async () => {
  await needWords('conversations/rich')
  const found = await import('./RichMessage.vue')
  drawn.value = true
  return found
})
