import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'admin/complaint-rules', component: () => import('./rules/RulesPage.vue'), meta: { permission: 'complaints.manage', title: 'accounts.nav_complaint_rules', words: ['complaints/rules', 'complaints/complaints', 'accounts'] } },
  { path: 'complaints', component: () => import('./pages/ComplaintsPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_list', words: ['complaints/complaints', 'accounts'] } },
  { path: 'complaints/:id([0-9a-f-]{36})', component: () => import('./pages/ComplaintPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_list', words: ['complaints/complaints', 'complaints/grants', 'accounts'] } },
  { path: 'complaints/exceptions', component: () => import('./pages/ExceptionsPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_exceptions', words: ['complaints/exceptions'] } },
  { path: 'complaints/improvements/:id?', component: () => import('./pages/ImprovementsPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_improvements', words: ['complaints/improvements'] } },
  { path: 'complaints/schemes', component: () => import('./schemes/SchemesPage.vue'), meta: { title: 'complaints.title_schemes', words: ['complaints/schemes', 'accounts', 'accounts/admin'] } },
  { path: 'complaints/waits', component: () => import('./waits/WaitsPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_waits', words: ['complaints/waits', 'accounts', 'accounts/admin'] } },
  { path: 'complaints/ledger', component: () => import('./ledger/LedgerPage.vue'), meta: { permission: 'compensation.read', title: 'complaints.section_ledger', words: ['complaints/ledger', 'accounts', 'accounts/admin'] } },
  { path: 'complaints/fairness', component: () => import('./fairness/FairnessPage.vue'), meta: { permission: 'complaints.manage', title: 'complaints.section_fairness', words: ['complaints/fairness', 'complaints/complaints', 'accounts'] } },
  { path: 'complaints/crises/playbooks', component: () => import('./crisis/PlaybooksPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.crisis.books', words: ['complaints/crisis', 'accounts'] } },
  { path: 'complaints/crises', component: () => import('./crisis/CrisesPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_crises', words: ['complaints/crisis', 'accounts'] } },
  { path: 'complaints/crises/:id([0-9a-f-]{36})', component: () => import('./crisis/CrisisPage.vue'), meta: { permission: 'complaints.read', title: 'complaints.section_crises', words: ['complaints/crisis', 'accounts'] } },
]
