import type { RouteRecordRaw } from 'vue-router'

const words = ['accounts']
export const routes: RouteRecordRaw[] = [
  { path: 'admin/watch', component: () => import('./pages/WatchPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_watch', words } },
  { path: 'admin/wording', component: () => import('./pages/WordingPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_wording', words } },
  { path: 'admin/helps', component: () => import('./pages/HelpsPage.vue'), meta: { permission: 'insight.wallboard', title: 'accounts.nav_helps', words } },
  { path: 'admin/approvals', component: () => import('./pages/ApprovalsPage.vue'), meta: { permission: 'routing.manage', title: 'accounts.nav_approvals', words } },
]
