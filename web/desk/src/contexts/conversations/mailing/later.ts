/** What writes mails comes with the first of them, with its words. */
import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

const words = () => needWords('conversations/mailing')
export const MailAnswer = defineAsyncComponent(async () => (await words(), import('./MailAnswer.vue')))
export const MailLine = defineAsyncComponent(async () => (await words(), import('./MailLine.vue')))
export const UnsentMail = defineAsyncComponent(async () => (await words(), import('./UnsentMail.vue')))
export const MailState = defineAsyncComponent(async () => (await words(), import('./MailState.vue')))
