import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import type { ConversationRow } from '@/api/types'
import { i18n } from '@/app/i18n'
import Elsewhere from './parts/Elsewhere.vue'

const link = vi.hoisted(() => vi.fn())
const related = (id: string, relations: string[]) => ({ id, number: 1, state: 'waiting', relations, agent_id: null, opened_at: '2026-11-23T08:00:00Z', reachable: true })
vi.mock('./useMatters', () => ({ useRelated: () => ({ data: ref([related('by-hand', ['linked', 'open']), related('split-off', ['split', 'open'])]) }), useMatters: () => ({ link }) }))

it('takes back what was linked by hand, not what came of a split', async () => {
  const shown = mount(Elsewhere, { props: { row: { id: 'c1', state: 'serving' } as ConversationRow }, global: { plugins: [i18n] } })
  const unlink = shown.findAll('button').filter((one) => one.text().includes('unlink'))
  expect(unlink).toHaveLength(1)
  await unlink[0].trigger('click')
  expect(link).toHaveBeenCalledWith(expect.objectContaining({ id: 'c1' }), expect.objectContaining({ id: 'by-hand' }), false)
})
