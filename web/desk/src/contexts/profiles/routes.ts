import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'companies/:id?', component: () => import('./pages/CompaniesPage.vue'), meta: { permission: 'customers.read', title: 'customers.companies', words: ['customers', 'customers/profile', 'conversations'] } },
]
