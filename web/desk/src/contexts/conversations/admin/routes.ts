import type { RouteRecordRaw } from 'vue-router'

const words = ['accounts', 'routing/admin']
export const routes: RouteRecordRaw[] = [
  { path: 'admin/canned-replies', component: () => import('./pages/CannedPage.vue'), meta: { permission: 'canned.own', title: 'accounts.nav_canned_replies', words } },
  { path: 'admin/reasons', component: () => import('./pages/ReasonsPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_reasons', words } },
  { path: 'admin/tags', component: () => import('./pages/TagsPage.vue'), meta: { permission: 'settings.manage', title: 'accounts.nav_tags', words } },
  { path: 'admin/channels', component: () => import('./pages/ChannelsPage.vue'), meta: { permission: 'channels.manage', title: 'accounts.nav_channels', words } },
  { path: 'admin/channels/:id', component: () => import('./pages/ChannelPage.vue'), meta: { permission: 'channels.manage', title: 'accounts.nav_channels', words } },
  { path: 'admin/visitors', component: () => import('./pages/VisitorsPage.vue'), meta: { permission: 'conversations.read', title: 'accounts.nav_visitors', words } },
]
