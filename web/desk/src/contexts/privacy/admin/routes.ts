import type { RouteRecordRaw } from 'vue-router'

const words = ['accounts', 'accounts/admin', 'privacy']
export const routes: RouteRecordRaw[] = [
  { path: 'admin/erasures', component: () => import('./pages/ErasuresPage.vue'), meta: { permission: 'privacy.manage', title: 'accounts.nav_erasures', words } },
  { path: 'admin/retention', component: () => import('./pages/RetentionPage.vue'), meta: { permission: 'privacy.manage', title: 'accounts.nav_retention', words } },
]
