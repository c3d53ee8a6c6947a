import { expect, test } from 'vitest'
import { hasGap, outline } from './outline'

test('steps go in one order, whatever they are written in', () => {
  expect(outline({ end: 'close', priority: 'high', reply: 'x', take: true, tag_ids: [] })).toEqual(['take', 'reply', 'priority', 'close'])
  expect(outline({ note: 'x', tag_ids: ['1'], reason_id: '2', end: 'snooze' })).toEqual(['note', 'tags', 'reason', 'snooze'])
})

test('a gap is three strokes or more', () => {
  expect(['请填____', 'a__b', ''].map(hasGap)).toEqual([true, false, false])
})
