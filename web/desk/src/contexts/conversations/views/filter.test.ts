import { expect, it } from 'vitest'
import type { ConversationRow } from '@/api/types'
import { changed, compare, filterOf, holds, read, timed, used, written } from './filter'
import type { ViewFilter } from './types'

const now = Date.parse('2026-11-22T10:00:00Z')
const base = {
  id: 'a', state: 'serving', agent_id: 'me', queue_id: 'q', brand_id: null, channel_id: 'c', priority: 'normal', language: 'zh-CN', unread: 0, tags: [{ id: 't' }], reason_id: 'leaf',
  customer: { tier: 'gold' }, snoozed_until: null, awaiting_since: '2026-11-22T09:40:00Z', opened_at: '2026-11-22T08:00:00Z', last_message_at: '2026-11-22T09:40:00Z', closed_at: null,
  due_at: '2026-11-22T10:05:00Z', warn_at: '2026-11-22T09:55:00Z',
} as unknown as ConversationRow
const row = (more: Record<string, unknown> = {}) => ({ ...base, ...more }) as ConversationRow
const reader = { agents: ['me', 'mate'], reasons: ['top', 'leaf'], now }

it.each<[ViewFilter, Record<string, unknown>, boolean]>([
  [{}, {}, true], [{}, { state: 'closed' }, false], [{ stages: ['closed'] }, { state: 'closed' }, true],
  [{ stages: ['serving'] }, { snoozed_until: '2026-11-23T00:00:00Z' }, false], [{ stages: ['snoozed'] }, { snoozed_until: '2026-11-23T00:00:00Z' }, true],
  [{ holders: ['nobody'] }, { agent_id: null }, true], [{ holders: ['me'] }, { agent_id: null }, false], [{ agent_ids: ['mate'] }, { agent_id: 'mate' }, true], [{ holders: ['me'] }, { agent_id: 'x' }, false],
  [{ queue_ids: ['q', 'z'] }, {}, true], [{ queue_ids: ['z'] }, { queue_id: null }, false], [{ brand_ids: ['b'] }, {}, false],
  [{ tag_ids: ['t'] }, {}, true], [{ tag_ids: ['x'] }, {}, false], [{ reason_ids: ['top'] }, {}, true], [{ reason_ids: ['top'] }, { reason_id: null }, false],
  [{ tiers: ['gold'] }, {}, true], [{ priorities: ['high'] }, {}, false], [{ languages: ['en'] }, {}, false], [{ unread: true }, {}, false], [{ unread: true }, { unread: 2 }, true],
  [{ sla: ['near'] }, {}, true], [{ sla: ['breached'] }, {}, false], [{ sla: ['breached'] }, { due_at: '2026-11-22T09:59:00Z' }, true], [{ sla: ['near'] }, { due_at: null }, false],
  [{ waiting_s: 600 }, {}, true], [{ waiting_s: 3600 }, {}, false], [{ waiting_s: 600 }, { awaiting_since: null }, false],
  [{ opened_within_s: 3600 }, {}, false], [{ opened_before_s: 3600 }, {}, true], [{ last_within_s: 1800 }, {}, true], [{ last_before_s: 1800 }, {}, false],
])('%o and %o: %s', (filter, more, fits) => expect(holds(row(more), filter, reader)).toBe(fits))

it('orders as the server does', () => {
  const [old, fresh] = [row({ id: 'x', last_message_at: '2026-11-22T09:00:00Z', due_at: '2026-11-22T10:09:00Z' }), row()]
  expect(compare(old, fresh, {}, 'recent')).toBe(1)
  expect(compare(old, fresh, {}, 'oldest')).toBe(-1)
  expect(compare(old, fresh, {}, 'due')).toBe(1)
  expect(compare(row({ due_at: null }), old, {}, 'due')).toBe(1)
})
it('closed conversations stand alone', () => {
  expect(changed({ stages: ['waiting'], sla: ['near'], waiting_s: 600 }, 'stages', ['waiting', 'closed'])).toEqual({ stages: ['closed'] })
  expect(changed({ stages: ['closed'] }, 'stages', ['closed', 'waiting'])).toEqual({ stages: ['waiting'] })
})
it('stands in an address and comes back', () => {
  const filter: ViewFilter = { unread: true, stages: ['waiting'], tag_ids: [] }
  expect(written(filter)).toBe('{"stages":["waiting"],"unread":true}')
  expect(read(written(filter))).toEqual({ stages: ['waiting'], unread: true })
  for (const text of [null, '', '[]', '{', '7']) expect(read(text)).toBeNull()
  expect(used(filterOf('mine'))).toEqual(['stages', 'holders'])
  expect(timed({ sla: ['near'] }) && timed({ waiting_s: 60 })).toBe(true)
})
