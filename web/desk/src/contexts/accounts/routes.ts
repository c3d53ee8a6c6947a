import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/organisation', component: () => import('./pages/OrganisationPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_organisation' } },
  { path: 'admin/members', component: () => import('./pages/MembersPage.vue'), meta: { permission: 'accounts.manage', title: 'accounts.nav_members', words: ['accounts/admin'] } },
  { path: 'admin/teams', component: () => import('./pages/TeamsPage.vue'), meta: { permission: 'accounts.manage', title: 'accounts.nav_teams' } },
  { path: 'security', component: () => import('./pages/SecurityPage.vue'), meta: { title: 'accounts.security' } },
  { path: 'admin/sign-in', component: () => import('./pages/SignInPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_sign_in', words: ['accounts/admin'] } },
  { path: 'admin/audit', component: () => import('./pages/AuditPage.vue'), meta: { permission: 'audit.read', title: 'accounts.nav_audit', words: ['accounts/admin'] } },
]
