import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { api } from '@/api/client'
import { i18n, needWords } from '@/app/i18n'
import ProposalsPage from './ProposalsPage.vue'

const now = ref(Date.parse('2026-11-23T10:00:00Z'))
vi.mock('@/app/clock', async (original) => ({ ...(await original<typeof import('@/app/clock')>()), useNow: () => now }))
afterEach(() => vi.restoreAllMocks())

it('lets what has run out go from those that wait, though nothing new is read', async () => {
  const one = { id: 'p', kind: 'two_person_rule.off', body: {}, reason: '试用结束', state: 'open', proposed_by: 'm', created_at: '2026-11-23T09:00:00Z', expires_at: '2026-11-23T10:00:05Z', decided_by: null, decided_at: null, alone_at: null }
  vi.spyOn(api, 'get').mockImplementation(((path: string) => Promise.resolve(path === '/proposals' ? [one] : [])) as typeof api.get)
  await needWords('accounts', 'accounts/admin')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: ProposalsPage }] })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const made = mount(ProposalsPage, { global: { plugins: [i18n, router, [VueQueryPlugin, { queryClient: client }]], stubs: { AdminFrame: { template: '<div><slot /></div>' }, ProposalBody: true } } })
  await flushPromises()
  const confirm = () => made.findAll('button').some((button) => button.text() === i18n.global.t('accounts.admin.confirm'))
  expect(confirm()).toBe(true)
  now.value += 6_000
  await flushPromises()
  expect(confirm()).toBe(false)
  expect(made.text()).toContain(i18n.global.t('accounts.admin.state.expired'))
})
