import { mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import type { ConversationRow } from '@/api/types'
import { i18n } from '@/app/i18n'
import Elsewhere from './parts/Elsewhere.vue'

const { beside, link, part } = vi.hoisted(() => ({ beside: [] as unknown[], link: vi.fn(), part: vi.fn() }))
const related = (id: string, relations: string[], more = {}) => ({ id, number: 1, state: 'waiting', relations, agent_id: null, opened_at: '2026-11-23T08:00:00Z', reachable: true, merge_id: null, ...more })
vi.mock('./useMatters', () => ({ useRelated: () => ({ data: ref(beside) }), useMatters: () => ({ link, part }) }))
vi.mock('../useActs', () => ({ rights: () => ({ close: true }) }))
beforeEach(() => { beside.length = 0 })

const row = { id: 'c1', state: 'serving' } as ConversationRow
const shown = () => mount(Elsewhere, { props: { row }, global: { plugins: [i18n] } })

it('takes back what was linked by hand, not what came of a split', async () => {
  beside.push(related('by-hand', ['linked', 'open']), related('split-off', ['split', 'open']))
  const unlink = shown().findAll('button').filter((one) => one.text().includes('unlink'))
  expect(unlink).toHaveLength(1)
  await unlink[0].trigger('click')
  expect(link).toHaveBeenCalledWith(expect.objectContaining({ id: 'c1' }), expect.objectContaining({ id: 'by-hand' }), false)
})

it('offers the way back of a merge for as long as there is one', async () => {
  beside.push(related('stands', ['merged'], { state: 'closed' }), related('fresh', ['merged'], { state: 'closed', merge_id: 'm1' }))
  const back = shown().findAll('button').filter((one) => one.text() === 'conversations.part')
  expect(back).toHaveLength(1)
  await back[0].trigger('click')
  expect(part).toHaveBeenCalledWith(expect.objectContaining({ id: 'c1' }), 'm1')
})
