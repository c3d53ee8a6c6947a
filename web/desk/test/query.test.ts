import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, ref } from 'vue'
import { api } from '@/api/client'
import { useGet } from '@/api/query'

function asked() {
  const answers: [(value: unknown) => void, (error: Error) => void][] = []
  vi.spyOn(api, 'get').mockImplementation(() => new Promise((...both) => answers.push(both as never)))
  const path = ref('/mail-templates/a')
  const values = ref<Record<string, string>>({})
  let query!: ReturnType<typeof useGet<string>>
  const Page = defineComponent({ setup() { query = useGet<string>(() => path.value as never, values); return () => null } })
  mount(Page, { global: { plugins: [[VueQueryPlugin, { queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }) }]] } })
  return { path, values, found: () => query.found.value, refresh: () => query.refresh(), state: () => (query.loading.value ? 'loading' : query.error.value ? 'error' : 'content'),
    answer: async (value: string) => { answers.shift()?.[0](value); await flushPromises() },
    fail: async () => { answers.shift()?.[1](new Error('no network')); await flushPromises() },
  }
}

it('keeps the rows of the last filter until those of the next one are there', async () => {
  const page = asked()
  await page.answer('all')
  page.values.value = { state: 'open' }
  await flushPromises()
  expect(page.found()).toBe('all')
  await page.answer('open')
  expect(page.found()).toBe('open')
})

it('never shows one thing under the name of another', async () => {
  const page = asked()
  await page.answer('of a')
  page.path.value = '/mail-templates/b'
  await flushPromises()
  expect(page.found()).toBeUndefined()
  await page.answer('of b')
  expect(page.found()).toBe('of b')
})

it('says a failure until there is an answer, and forgets it with another address', async () => {
  const page = asked()
  expect(page.state()).toBe('loading')
  await page.fail()
  expect(page.state()).toBe('error')
  page.refresh()
  await flushPromises()
  expect(page.state()).toBe('error')
  page.path.value = '/mail-templates/b'
  await flushPromises()
  expect(page.state()).toBe('loading')
})
