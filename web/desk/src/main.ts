import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { toast } from '@/ui/toast'
import App from './App.vue'
import { firstLanguage, i18n, useLanguage } from './app/i18n'
import { reached, router } from './entry/router'
import './app/theme'
import './ui/theme.css'

// What was not loaded before an update is gone after it: say so, and let the person choose when to reload.
addEventListener('vite:preloadError', () => void reached(location.href).then((there) => {
  if (there) toast({ text: i18n.global.t('app.updated'), action: { label: i18n.global.t('app.reload'), run: () => location.reload() }, stays_s: 600 })
  // Where nobody answers nothing was updated; who just pressed something hears at once why nothing happens.
  else if (navigator.userActivation.isActive) toast({ text: i18n.global.t('app.no_network'), tone: 'danger' })
}))
async function start(): Promise<void> {
  if (import.meta.env.VITE_MOCK) await import('../dev/mock')
  await useLanguage(firstLanguage())
  // Only what did not reach the server is asked once more; an answer is an answer, said at once.
  const retry = (count: number, error: Error & { status?: number }) => !count && error.status === 0
  // Answers are replaced whole and never changed in place: nothing deep needs watching. Without a network a question fails like any other: one that waits for it shows bars for ever.
  const queries = { shallow: true, retry, networkMode: 'always', refetchOnReconnect: true } as const
  createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClientConfig: { defaultOptions: { queries } } }).mount('#app')
}
void start()
