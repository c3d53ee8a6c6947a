import { expect, test } from 'vitest'
import { comesBack, wallClock } from './aside'
import { compareRows, belongs } from './rules'
import type { ConversationRow } from '@/api/types'

const now = Date.parse('2026-11-22T15:30:00Z')

test('times are the house\'s own, wherever the browser is', () => {
  expect(wallClock(now, 'Asia/Shanghai')).toBe('2026-11-22T23:30')
  expect(wallClock(now, 'America/New_York')).toBe('2026-11-22T10:30')
  expect(comesBack('2026-11-22T15:45:00Z', 'Asia/Shanghai', now)).toBe('23:45')
  expect(comesBack('2026-11-23T01:00:00Z', 'Asia/Shanghai', now)).toContain('tomorrow')
  expect(comesBack('2026-11-25T01:00:00Z', 'Asia/Shanghai', now)).toBe('11-25 09:00')
  expect(comesBack('2027-01-04T01:00:00Z', 'Asia/Shanghai', now)).toBe('2027-01-04 09:00')
})

test('what is put aside leaves mine, soonest first, and comes back at the top', () => {
  const row = (more: object) => ({ id: 'a', agent_id: 'me', state: 'serving', tags: [], opened_at: '', last_message_at: '2026-11-22T10:00:00Z', snoozed_until: null, woken_at: null, awaiting_since: null, ...more }) as unknown as ConversationRow
  const aside = row({ snoozed_until: '2026-11-23T01:00:00Z' })
  expect([belongs(aside, 'mine', 'me'), belongs(aside, 'snoozed', 'me'), belongs(aside, 'snoozed', 'you'), belongs(aside, 'all', 'you')]).toEqual([false, true, false, true])
  expect(compareRows(aside, row({ id: 'b', snoozed_until: '2026-11-24T01:00:00Z' }), 'snoozed', 'recent')).toBe(-1)
  const back = row({ id: 'c', woken_at: '2026-11-22T15:00:00Z', last_message_at: '2026-11-20T10:00:00Z' })
  expect(compareRows(back, row({ id: 'd' }), 'mine', 'recent')).toBe(-1)
  expect(compareRows(back, row({ id: 'd' }), 'all', 'recent')).toBe(1)
})
