import type { RouteRecordRaw } from 'vue-router'

const words = ['accounts']
export const routes: RouteRecordRaw[] = [
  { path: 'knowledge', component: () => import('./pages/ArticlesPage.vue'), meta: { permission: 'knowledge.read', title: 'knowledge.knowledge', words } },
  { path: 'knowledge/categories', component: () => import('./pages/CategoriesPage.vue'), meta: { permission: 'knowledge.edit', title: 'knowledge.categories', words } },
  { path: 'knowledge/:id', component: () => import('./pages/ArticlePage.vue'), meta: { permission: 'knowledge.read', title: 'knowledge.knowledge', words } },
]
