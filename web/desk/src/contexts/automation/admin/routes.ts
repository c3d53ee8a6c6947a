import type { RouteRecordRaw } from 'vue-router'

const hooks = { permission: 'integrations.manage', title: 'accounts.nav_webhooks', words: ['accounts', 'accounts/admin', 'automation/hooks'] }
export const routes: RouteRecordRaw[] = [
  { path: 'admin/macros', component: () => import('./pages/MacrosPage.vue'), meta: { permission: 'canned.own', title: 'accounts.nav_macros', words: ['accounts', 'automation', 'conversations/admin', 'conversations/rich'] } },
  { path: 'admin/webhooks', component: () => import('../hooks/pages/WebhooksPage.vue'), meta: hooks },
  { path: 'admin/webhooks/:id', component: () => import('../hooks/pages/WebhookPage.vue'), meta: hooks },
]
