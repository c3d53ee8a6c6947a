import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { api, ApiError } from '@/api/client'
import { i18n, needWords } from '@/app/i18n'
import DirectoryPage from './DirectoryPage.vue'

async function entry(answer: () => Promise<unknown>) {
  vi.spyOn(api, 'get').mockImplementation(answer as typeof api.get)
  await needWords('directory')
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:id', component: DirectoryPage }] })
  await router.push('/one')
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const made = mount(DirectoryPage, { global: { plugins: [i18n, router, [VueQueryPlugin, { queryClient: client }]] } })
  await flushPromises()
  return made.get(`[aria-label="${i18n.global.t('directory.entry')}"]`).text()
}
afterEach(() => vi.restoreAllMocks())

it('says of an entry that it is gone only where the list was read', async () => {
  expect(await entry(() => Promise.resolve([]))).toContain(i18n.global.t('directory.gone'))
  const failed = await entry(() => Promise.reject(new ApiError(500, 'kernel.broken', '没有读到')))
  expect(failed).not.toContain(i18n.global.t('directory.gone'))
  expect(failed).toContain('没有读到')
})
