import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { api } from '@/api/client'
import type { Frame } from '@/api/types'
import { useCustomer } from './useCustomer'

const heard = vi.hoisted(() => [] as ((frame: Frame) => void)[])
vi.mock('@/app/live', () => ({ onFacts: (listener: (frame: Frame) => void) => { heard.push(listener); return () => undefined } }))

it('shows nobody the card of whom he was merged into, once they are two again', async () => {
  // While merged, both ids answer with the one who stayed.
  const cards: Record<string, string> = { gone: '李', stays: '李' }
  vi.spyOn(api, 'get').mockImplementation((path) => Promise.resolve({ name: cards[path.split('/')[2]] }) as never)
  const id = ref('gone')
  const Card = defineComponent({ setup: () => ({ card: useCustomer(id).data }), template: '<p>{{ card?.name }}</p>' })
  const shown = mount(Card, { global: { plugins: [[VueQueryPlugin, { queryClient: new QueryClient() }]] } })
  await flushPromises()
  id.value = 'stays'
  await flushPromises()
  cards.gone = '王'
  const fact = { type: 'CustomersParted', customer_id: 'stays', payload: { absorbed_id: 'gone' } }
  for (const listener of heard) listener({ t: 'facts', facts: [fact], conversations: [], messages: [], gone: [], cursor: '' } as unknown as Frame)
  id.value = 'gone'
  await nextTick()
  await flushPromises()
  expect(shown.text()).toBe('王')
})
