import type { RouteRecordRaw } from 'vue-router'

const meta = { permission: 'channels.manage', title: 'accounts.nav_mail', words: ['accounts', 'accounts/admin'] }
export const routes: RouteRecordRaw[] = [
  { path: 'admin/mail', component: () => import('./pages/MailPage.vue'), meta },
  { path: 'admin/mail/boxes/:id', component: () => import('./pages/MailboxPage.vue'), meta },
  { path: 'admin/mail/:brand', component: () => import('./pages/ServerPage.vue'), meta },
  { path: 'admin/mail/:brand/:kind/:language', component: () => import('./pages/WordsPage.vue'), meta },
]
