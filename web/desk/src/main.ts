import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { firstLanguage, i18n, useLanguage } from './app/i18n'
import { again } from './api/query'
import { router } from './entry/router'
import './app/theme'
import './ui/theme.css'

async function start(): Promise<void> {
  if (import.meta.env.VITE_MOCK) await import('../dev/mock')
  await useLanguage(firstLanguage())
  // Answers are replaced whole and never changed in place: nothing deep needs watching.
  createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClientConfig: { defaultOptions: { queries: { shallow: true, retry: again } } } }).mount('#app')
}
void start()
