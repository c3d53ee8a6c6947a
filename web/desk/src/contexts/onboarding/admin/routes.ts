import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin', component: () => import('./pages/StartPage.vue'), meta: { title: 'accounts.nav', words: ['accounts'] } },
]
