import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/roles', component: () => import('./pages/RolesPage.vue'), meta: { permission: 'accounts.manage', title: 'accounts.nav_roles', words: ['accounts'] } },
  { path: 'admin/proposals', component: () => import('./pages/ProposalsPage.vue'), meta: { permission: 'accounts.manage', title: 'accounts.nav_proposals', words: ['accounts'] } },
  { path: 'admin/sso', component: () => import('./pages/SsoPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_sso', words: ['accounts'] } },
  { path: 'admin/api-keys', component: () => import('./pages/ApiKeysPage.vue'), meta: { permission: 'integrations.manage', title: 'accounts.nav_api_keys', words: ['accounts'] } },
  { path: 'admin/health', component: () => import('./pages/HealthPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_health', words: ['accounts'] } },
]
