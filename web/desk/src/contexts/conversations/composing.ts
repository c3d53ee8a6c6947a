/** The open composer for the contexts above: what stands in it, words and cards put into it. It is no part of the first load. */
import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

export { beforeSending, composed, insertIntoComposer, replaceComposed, shipComposed } from './insert'
export { hold } from './rich/held'
export const RichDialog = defineAsyncComponent(async () => (await needWords('conversations/rich'), import('./rich/RichDialog.vue')))
export const RichShown = defineAsyncComponent(async () => (await needWords('conversations/rich'), import('./rich/RichShown.vue')))
