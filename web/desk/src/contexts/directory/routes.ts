import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: 'directory/:id?', component: () => import('./pages/DirectoryPage.vue'), meta: { permission: 'conversations.read', title: 'directory.title', words: ['accounts'] } },
]
