/** Addresses of the desk; each context brings its own in routes.ts. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { i18n, needWords } from '@/app/i18n'
import { pageTitle } from '@/app/notices'
import { restore } from '@/app/session'
import { pagesOf, type Routes } from './pagesOf'

declare module 'vue-router' {
  interface RouteMeta {
    /** Without this permission the page says so. */
    permission?: string
    /** Contexts whose words the page needs, besides its own. */
    words?: string[]
    /** Wording key of the window title. */
    title?: string
    /** Open without a session. */
    open?: boolean
    /** Stands for a section whose addresses are not here yet. */
    late?: boolean
  }
}

const pages = pagesOf(import.meta.glob<Routes>(['../contexts/*/routes.ts', '!../contexts/{cases,complaints}/routes.ts'], { eager: true }))
// Sections whose addresses are learnt when somebody goes there: they cost nothing before.
const sections: RouteRecordRaw[] = ['admin', 'cases', 'complaints'].map((one) => ({ path: `${one}/:late(.*)*`, component: () => import('./pages/NotFound.vue'), meta: { late: true } }))
let arrived = false
const stories: RouteRecordRaw[] = import.meta.env.DEV
  ? [{ path: '/desk/ui', component: () => import('@/ui/stories/Stories.vue'), meta: { open: true } }]
  : []

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    ...stories,
    { path: '/desk/login', component: () => import('./pages/Login.vue'), meta: { open: true, title: 'app.sign_in' } },
    { path: '/desk/setup/:token', alias: '/setup/:token', component: () => import('./pages/Setup.vue'), meta: { open: true, title: 'app.setup_title', words: ['app/door'] } },
    { path: '/desk/invitation/:token', alias: '/invitation/:token', component: () => import('./pages/Invitation.vue'), meta: { open: true, title: 'app.invitation_title', words: ['app/door'] } },
    {
      path: '/desk',
      name: 'desk',
      component: () => import('./shell/Shell.vue'),
      meta: { words: ['routing', 'conversations'] },
      children: [
        { path: '', redirect: '/desk/inbox' },
        {
          path: 'inbox/:id?', component: () => import('./pages/Inbox.vue'),
          meta: { title: 'app.nav_inbox', words: ['conversations', 'customers', 'routing', 'assist'] },
        },
        ...pages,
        ...sections,
        { path: ':rest(.*)*', component: () => import('./pages/NotFound.vue') },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/desk/inbox' },
  ],
})

router.beforeEach(async (to) => {
  if (to.matched.at(-1)?.meta.late && !arrived) {
    const { latePages } = await import('./late')
    for (const one of latePages) router.addRoute('desk', one)
    arrived = true
    return to.fullPath
  }
  const words = needWords(...new Set(to.matched.flatMap((one) => one.meta.words ?? [])))
  if (to.matched.some((one) => one.meta.open)) {
    await words
    return true
  }
  const [me] = await Promise.all([restore().catch(() => undefined), words])
  // Without an answer the shell opens and shows that the server is not reached.
  if (me === null) return { path: '/desk/login', query: to.path === '/desk/inbox' ? {} : { next: to.fullPath } }
  // Who only helps in a department begins where its steps lie.
  if (me && to.path === '/desk/inbox' && !me.permissions.includes('conversations.read') && me.permissions.includes('cases.department')) return '/desk/cases/department'
  return true
})

router.afterEach((to, from) => {
  // Another conversation of the same page brings its own title.
  if (to.matched.at(-1) !== from.matched.at(-1)) pageTitle.value = to.meta.title ? i18n.global.t(to.meta.title) : ''
})

/** Whether the server is there to load a page anew: without it the browser's own page of a broken line would take the desk's place. */
export const reached = (path: string): Promise<boolean> => fetch(path).then((answer) => answer.ok, () => false)

// A page whose chunk is gone after an update is fetched again with the new build. Who starts without a network at a page never opened comes to the first one, which says so.
router.onError(async (error, to, from) => {
  if (!/module/.test(error)) return
  if (await reached(to.fullPath)) location.assign(to.fullPath)
  else if (!from.matched.length && to.path !== '/desk/inbox') void router.replace('/desk/inbox')
})
