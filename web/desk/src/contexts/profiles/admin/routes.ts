import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/fields', component: () => import('./pages/FieldsPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_fields', words: ['accounts', 'customers/profile'] } },
]
