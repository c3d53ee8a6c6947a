import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { expect, it } from 'vitest'
import { defineComponent, nextTick } from 'vue'
import type { ConversationRow } from '@/api/types'
import { i18n } from '@/app/i18n'
import type { MenuItem } from '@/ui/kinds'
import ThreadHead from '../parts/ThreadHead.vue'
import { known } from './useFollowing'

const Menu = defineComponent({ name: 'AnyMenu', props: { items: { type: Array, default: () => [] } }, emits: ['update:open'], template: '<i />' })
const row = { id: 'c1', number: 1, state: 'waiting', customer: { id: 'k1', name: '王女士' }, tags: [], priority: 'normal', channel_kind: 'web', channel_name: '网站' } as unknown as ConversationRow

it('moves nothing under the pointer when more is known while the menu is open', async () => {
  known.at = 0
  const head = mount(ThreadHead, { props: { row }, global: { plugins: [createPinia(), i18n], stubs: { Menu } } })
  const menu = head.getComponent(Menu)
  const labels = () => (menu.props('items') as MenuItem[]).map((one) => one.label)
  menu.vm.$emit('update:open', true)
  await nextTick()
  const before = labels()
  known.at = 1
  await nextTick()
  expect(labels()).toEqual(before)
  menu.vm.$emit('update:open', false)
  await nextTick()
  expect(labels()).toEqual([])
  menu.vm.$emit('update:open', true)
  await nextTick()
  expect(labels().length).toBe(before.length + 2)
})
