import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/exchange', component: () => import('./pages/ExchangePage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_exchange', words: ['accounts'] } },
]
