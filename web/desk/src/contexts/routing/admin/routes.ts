import type { RouteRecordRaw } from 'vue-router'

const words = ['accounts']
export const routes: RouteRecordRaw[] = [
  { path: 'admin/queues', component: () => import('./pages/QueuesPage.vue'), meta: { permission: 'routing.manage', title: 'accounts.nav_queues', words } },
  { path: 'admin/hours', component: () => import('./pages/HoursListPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_hours', words } },
  { path: 'admin/hours/:id', component: () => import('./pages/HoursPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_hours', words } },
  { path: 'admin/sla', component: () => import('./pages/PoliciesPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_sla', words } },
]
