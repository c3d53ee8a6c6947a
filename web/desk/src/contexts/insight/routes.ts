import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'wallboard', component: () => import('./pages/WallboardPage.vue'), meta: { permission: 'insight.wallboard', title: 'insight.wallboard', words: ['routing', 'routing/admin', 'conversations', 'insight/floor'] } },
  { path: 'floor', component: () => import('./floor/FloorPage.vue'), meta: { permission: 'insight.wallboard', title: 'insight.floor.title', words: ['routing', 'routing/admin', 'insight/floor'] } },
]
