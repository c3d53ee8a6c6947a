import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'views', component: () => import('./views/pages/ViewsPage.vue'), meta: { permission: 'conversations.read', title: 'app.nav_views', words: ['conversations/views', 'customers'] } },
]
