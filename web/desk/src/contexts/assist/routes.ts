import type { RouteRecordRaw } from 'vue-router'

const words = ['assist/care', 'conversations', 'customers', 'routing']
export const routes: RouteRecordRaw[] = [
  { path: 'interventions/:id?', component: () => import('./pages/InterventionsPage.vue'), meta: { permission: 'conversations.take_over', title: 'app.nav_interventions', words } },
  { path: 'approvals/:id?', component: () => import('./pages/ApprovalsPage.vue'), meta: { permission: 'conversations.approve', title: 'app.nav_approvals', words } },
  { path: 'side/:id?', component: () => import('./pages/SidePage.vue'), meta: { permission: 'conversations.note', title: 'app.nav_side', words } },
]
