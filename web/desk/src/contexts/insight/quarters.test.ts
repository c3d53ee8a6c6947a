import { expect, it } from 'vitest'
import { everyQuarter } from './quarters'

it('keeps the hours between two quarters of work', () => {
  const line = everyQuarter([{ at: '2026-11-22T01:45:00Z', value: 1, n: 2 }, { at: '2026-11-22T00:30:00Z', value: 0.5, n: 4 }, { at: '2026-11-22T03:00:00Z', value: null, n: 0 }])
  expect(line.map((one) => [one.at.slice(11, 16), one.value, one.n])).toEqual([['00:30', 0.5, 4], ['00:45', null, 0], ['01:00', null, 0], ['01:15', null, 0], ['01:30', null, 0], ['01:45', 1, 2]])
})
it('has nothing to show before the first contact', () => expect(everyQuarter([{ at: '2026-11-22T00:30:00Z', value: null, n: 0 }])).toEqual([]))
