import { describe, expect, it } from 'vitest'
import type { ConversationRow, Message } from '@/api/types'
import { belongs, compareRows, hasGap, isNewer, mergeMessages, ordersOf, place, runningClock, sameRow } from '@/contexts/conversations/rules'

const row = (id: string, more: Partial<ConversationRow> = {}): ConversationRow => ({
  id, number: 1, state: 'serving', channel_kind: 'web', in_chat: true, channel_name: '', channel_id: 'h', brand_id: null,
  customer: { id: 'c', name: '', tier: null, verified: false }, queue_id: 'q', agent_id: 'me', agent_name: null, preview: '', preview_kind: 'customer',
  last_message_at: `2026-11-21T10:00:${id.padStart(2, '0')}Z`, last_seq: 1, unread: 0, left_word: false, awaiting_since: null, opened_at: '2026-11-21T09:00:00Z', closed_at: null,
  tags: [], reason_id: null, reason_label: null, solved: null, rating: null, customer_read_seq: 0, customer_delivered_seq: 0, agent_read_seq: 0, priority: 'normal', snoozed_until: null, woken_at: null, target: null, due_at: null, warn_at: null, merged_into_id: null, layout: 0, version: 1, language: 'zh-CN', leg_id: null, ...more,
})
const message = (seq: number, id = `m${seq}`) => ({ id, seq, conversation_id: '1', client_id: null }) as Message

describe('where a pushed row belongs', () => {
  it.each([
    ['mine', {}, true], ['mine', { agent_id: 'other' }, false], ['mine', { state: 'closed' }, false],
    ['queue', { state: 'waiting', agent_id: null }, true], ['digital', { state: 'digital' }, true], ['all', { state: 'closed' }, false], ['closed', { state: 'closed' }, true],
  ] as const)('%s %o', (view, more, expected) => expect(belongs(row('1', more as never), view, 'me')).toBe(expected))
})

describe('placing a row', () => {
  const rows = new Map(['30', '20', '10'].map((id) => [id, row(id)]))
  const read = (id: string) => rows.get(id)
  const newest = (a: ConversationRow, b: ConversationRow) => compareRows(a, b, 'all', 'recent')
  it('puts the newest first', () => expect(place(['30', '10'], row('20'), true, read, newest, null)).toEqual(['30', '20', '10']))
  it('moves a row that got a message', () => {
    rows.set('10', row('10', { last_message_at: '2026-11-21T11:00:00Z' }))
    expect(place(['30', '20', '10'], rows.get('10')!, true, read, newest, null)).toEqual(['10', '30', '20'])
  })
  it('leaves a row that stays where it is', () => {
    expect(place(['30', '20'], row('20', { unread: 3 }), true, read, newest, null)).toBeNull()
    expect(place(['30'], row('30'), true, read, newest, 'cursor')).toBeNull()
  })
  it('knows a row that says nothing new', () => {
    expect(sameRow({ ...row('1'), messages: [] } as never, row('1'))).toBe(true)
    expect(sameRow(row('1', { unread: 1 }), row('1'))).toBe(false)
    expect(sameRow(row('1', { tags: [{ id: 't', name: '', colour: '' }] }), row('1'))).toBe(false)
  })
  it('leaves rows beyond the loaded end to the next page', () => expect(place(['30', '20'], row('05'), true, read, newest, 'cursor')).toBeNull())
  it('takes a row out and says nothing when it was not there', () => {
    expect(place(['30', '20'], row('20'), false, read, newest, null)).toEqual(['30'])
    expect(place(['30'], row('20'), false, read, newest, null)).toBeNull()
  })
  it('sorts by waiting time when asked', () => {
    const early = row('1', { awaiting_since: '2026-11-21T09:00:00Z' })
    const late = row('2', { awaiting_since: '2026-11-21T09:30:00Z' })
    expect([row('3'), late, early].sort((a, b) => compareRows(a, b, 'queue', 'waiting')).map((one) => one.id)).toEqual(['1', '2', '3'])
  })
  it('never goes back to an older version', () => {
    expect(isNewer(row('1', { version: 3 }), row('1', { version: 4 }))).toBe(false)
    expect(isNewer(row('1', { version: 4 }), row('1', { version: 4 }))).toBe(true)
  })
})

describe('messages', () => {
  it('merges by id in the order of seq', () => expect(mergeMessages([message(1), message(3)], [message(2), message(3)]).map((one) => one.seq)).toEqual([1, 2, 3]))
  it('sees a gap', () => {
    expect(hasGap([message(1), message(2)], [message(4)])).toBe(true)
    expect(hasGap([message(1), message(2)], [message(3), message(4)])).toBe(false)
    expect(hasGap([], [message(9)])).toBe(false)
  })
})

describe('the clock', () => {
  const since = '2026-11-21T10:00:00Z'
  const promised = { awaiting_since: since, target: 'next_reply', due_at: '2026-11-21T10:03:00Z', warn_at: '2026-11-21T10:02:15Z' } as const
  it('runs to what is promised', () => {
    expect(runningClock(row('1', promised))).toEqual({ due: Date.parse(since) + 180_000, warn: Date.parse(since) + 135_000 })
  })
  it.each([
    ['nothing is promised', { awaiting_since: since }],
    ['the customer is answered', { ...promised, awaiting_since: null }],
    ['it is put aside', { ...promised, snoozed_until: '2026-11-22T10:00:00Z' }],
    ['the digital agent speaks', { ...promised, state: 'digital' }],
    ['it is over', { ...promised, state: 'closed' }],
  ] as const)('stands where %s', (_, more) => expect(runningClock(row('1', more))).toBeNull())
  it('orders by time left, those without a clock last', () => {
    const late = row('1', { ...promised, due_at: '2026-11-21T09:00:00Z' })
    const rows = [row('3'), row('2', promised), late, row('4')]
    expect(rows.sort((a, b) => compareRows(a, b, 'all', 'due')).map((one) => one.id)).toEqual(['1', '2', '4', '3'])
    expect(ordersOf('all')).toEqual(['recent', 'due'])
  })
})
