import type { RouteRecordRaw } from 'vue-router'

const setup = ['accounts', 'cases/setup']
export const routes: RouteRecordRaw[] = [
  { path: 'cases/approvals/:id?', component: () => import('./pages/ApprovalsPage.vue'), meta: { permission: 'approvals.ask', title: 'cases.section_approvals', words: ['cases/approvals'] } },
  { path: 'cases/approval-rules', component: () => import('./pages/ApprovalRulesPage.vue'), meta: { permission: 'cases.set_up', title: 'cases.approvals.rules_title', words: ['cases/approvals', 'accounts', 'accounts/admin'] } },
  { path: 'cases/promises', component: () => import('./promises/PromisesPage.vue'), meta: { permission: 'cases.read', title: 'cases.section_promises', words: ['cases/promises'] } },
  { path: 'cases/department/:id?', component: () => import('./departments/DepartmentPage.vue'), meta: { permission: 'cases.department', title: 'cases.section_department', words: ['cases/departments'] } },
  { path: 'cases', component: () => import('./pages/CasesPage.vue'), meta: { permission: 'cases.read', title: 'cases.title', words: ['cases/cases', 'accounts'] } },
  { path: 'cases/board', component: () => import('./pages/BoardPage.vue'), meta: { permission: 'cases.read', title: 'cases.section_board', words: ['cases/cases', 'accounts'] } },
  { path: 'cases/:id([0-9a-f-]{36})', component: () => import('./pages/CasePage.vue'), meta: { permission: 'cases.read', title: 'cases.title', words: ['cases/cases', 'cases/steps', 'accounts'] } },
  { path: 'admin/departments', component: () => import('./setup/DepartmentsPage.vue'), meta: { permission: 'cases.set_up', title: 'accounts.nav_departments', words: setup } },
  { path: 'admin/case-templates', component: () => import('./setup/TemplatesPage.vue'), meta: { permission: 'cases.set_up', title: 'accounts.nav_case_templates', words: setup } },
  { path: 'admin/case-templates/:id', component: () => import('./setup/TemplatePage.vue'), meta: { permission: 'cases.set_up', title: 'accounts.nav_case_templates', words: setup } },
  { path: 'admin/case-times', component: () => import('./setup/CaseTimesPage.vue'), meta: { permission: 'cases.set_up', title: 'accounts.nav_case_times', words: setup } },
]
