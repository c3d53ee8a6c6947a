import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'customers/:id?', component: () => import('./pages/Customers.vue'), meta: { permission: 'customers.read', title: 'app.nav_customers', words: ['conversations'] } },
]
