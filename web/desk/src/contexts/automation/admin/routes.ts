import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/macros', component: () => import('./pages/MacrosPage.vue'), meta: { permission: 'canned.own', title: 'accounts.nav_macros', words: ['accounts', 'automation', 'conversations/admin'] } },
]
