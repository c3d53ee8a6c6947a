import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { toast } from '@/ui/toast'
import App from './App.vue'
import { firstLanguage, i18n, useLanguage } from './app/i18n'
import { router } from './entry/router'
import './app/theme'
import './ui/theme.css'

// What was not loaded before an update is gone after it: say so, and let the person choose when to reload. Offline says so itself.
addEventListener('vite:preloadError', () => {
  if (navigator.onLine) toast({ text: i18n.global.t('app.updated'), action: { label: i18n.global.t('ui.retry'), run: () => location.reload() }, stays_s: 600 })
})
async function start(): Promise<void> {
  if (import.meta.env.VITE_MOCK) await import('../dev/mock')
  await useLanguage(firstLanguage())
  // Only what did not reach the server is asked once more; an answer is an answer, said at once.
  const retry = (count: number, error: Error & { status?: number }) => !count && error.status === 0
  // Answers are replaced whole and never changed in place: nothing deep needs watching.
  createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClientConfig: { defaultOptions: { queries: { shallow: true, retry } } } }).mount('#app')
}
void start()
