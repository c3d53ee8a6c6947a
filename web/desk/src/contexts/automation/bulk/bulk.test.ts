import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { i18n } from '@/app/i18n'
import { chosen } from '@/contexts/conversations'
import BulkBar from './parts/BulkBar.vue'
import { all } from './useBulk'

vi.mock('@/app/live', () => ({ connection: { open: true }, onFrame: () => () => undefined }))
const bar = (ids: string[]) => mount(BulkBar, { props: { ids, more: true, filter: () => ({}) }, global: { plugins: [i18n], stubs: { Menu: true } } })
const named = (wrapper: ReturnType<typeof bar>, key: string) => wrapper.findAll('button').filter((one) => one.text().includes(key))

beforeEach(() => { chosen.clear(); for (const id of ['a', 'b']) chosen.add(id); all.value = null })
it('means no longer everything that fits, once one was taken out', async () => {
  const wrapper = bar(['a', 'b'])
  await named(wrapper, 'everything')[0].trigger('click')
  await nextTick()
  expect(all.value).toEqual({})
  chosen.delete('b')
  await nextTick()
  expect(all.value).toBeNull()
})
it('offers nothing less while everything is meant, though new ones arrive', async () => {
  all.value = {}
  expect(named(bar(['a', 'b', 'c']), 'choose_all')).toHaveLength(0)
})
