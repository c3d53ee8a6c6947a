import { defineAsyncComponent, type Component } from 'vue'
import { needWords } from '@/app/i18n'

const own: () => Promise<{ default: Component }> = () => import('./own/OwnSignature.vue')
/** What a member adds below his answers, among his own settings; comes after them with its words, or not at all where the line is away. */
export const OwnSignature = defineAsyncComponent(() => needWords('mail').then(own).catch(() => ({ default: () => null })))
