import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'cases/approvals/:id?', component: () => import('./pages/ApprovalsPage.vue'), meta: { permission: 'approvals.ask', title: 'cases.section_approvals', words: ['cases/approvals'] } },
  { path: 'cases/approval-rules', component: () => import('./pages/ApprovalRulesPage.vue'), meta: { permission: 'cases.set_up', title: 'cases.approvals.rules_title', words: ['cases/approvals', 'accounts', 'accounts/admin'] } },
  { path: 'cases/promises', component: () => import('./promises/PromisesPage.vue'), meta: { permission: 'cases.read', title: 'cases.section_promises', words: ['cases/promises'] } },
  { path: 'cases/department/:id?', component: () => import('./departments/DepartmentPage.vue'), meta: { permission: 'cases.department', title: 'cases.section_department', words: ['cases/departments'] } },
  { path: 'cases', component: () => import('./pages/CasesPage.vue'), meta: { permission: 'cases.read', title: 'cases.title', words: ['cases/cases', 'accounts'] } },
  { path: 'cases/board', component: () => import('./pages/BoardPage.vue'), meta: { permission: 'cases.read', title: 'cases.section_board', words: ['cases/cases', 'accounts'] } },
  { path: 'cases/:id([0-9a-f-]{36})', component: () => import('./pages/CasePage.vue'), meta: { permission: 'cases.read', title: 'cases.title', words: ['cases/cases', 'cases/steps', 'accounts'] } },
]
