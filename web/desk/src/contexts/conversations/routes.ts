import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'following', component: () => import('./following/pages/FollowingPage.vue'), meta: { permission: 'conversations.read', title: 'app.nav_following', words: ['conversations/following'] } },
  { path: 'views', component: () => import('./views/pages/ViewsPage.vue'), meta: { permission: 'conversations.read', title: 'app.nav_views', words: ['conversations/views', 'customers'] } },
]
