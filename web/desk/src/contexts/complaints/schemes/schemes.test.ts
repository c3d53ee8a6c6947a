import { expect, test } from 'vitest'
import { doubles, edited, fresh, sent, sharePart, type Instrument, type LineView } from './schemes'

const known = new Map([['m', { id: 'm', unit: 'fen', face_fen: 1 }], ['c', { id: 'c', unit: 'piece', face_fen: 2000 }]] as unknown as [string, Instrument][])
const view = (over: object) => ({ change: 'same', was: null, line: { id: '1', liability: 'ours', severity: 3, reason_id: null, instrument_id: 'm', amount: 1250, cost_fen: 1250, words_zh: '抱歉', words_en: '', needs_approval: false, ...over } }) as LineView

test('money is edited in yuan and sent in fen', () => {
  const one = edited(view({}), known)
  expect(one.amount).toBe(12.5)
  expect(sent({ ...one, amount: 19.99 }, known)).toMatchObject({ amount: 1999, severity: 3, reason_id: null })
  expect(sent(edited(view({ instrument_id: 'c', amount: 2 }), known), known).amount).toBe(2)
})

test('two lines of one place are both marked', () => {
  const [a, b, c] = [fresh(), fresh(), { ...fresh(), severity: '3' }]
  expect(doubles([a, b, c])).toEqual(new Set([a.key, b.key]))
})

test('a limit is used up to the whole and no further', () => {
  expect(sharePart(2500, 10_000)).toBe(25)
  expect(sharePart(20_000, 10_000)).toBe(100)
  expect(sharePart(5, null)).toBe(0)
})
