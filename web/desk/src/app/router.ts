import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

const stories: RouteRecordRaw[] = import.meta.env.DEV ? [{ path: '/desk/ui', component: () => import('@/ui/stories/Stories.vue') }] : []
export const router = createRouter({ history: createWebHistory('/'), routes: [...stories] })
