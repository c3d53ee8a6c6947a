import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/fields', component: () => import('./pages/FieldsPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_fields', words: ['accounts', 'customers/profile'] } },
  { path: 'admin/links', component: () => import('./pages/LinksPage.vue'), meta: { permission: 'integrations.manage', title: 'accounts.nav_links', words: ['accounts', 'customers/profile'] } },
]
