import { expect, it } from 'vitest'
import { moved, toMinutes, toSeconds } from './policies'

it('moves one policy by a place, and none beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b'], 'a', -1)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 'b', 1)).toEqual(['a', 'b'])
})
it('keeps seconds through minutes', () => {
  for (const seconds of [10, 20, 60, 90, 180, 86_400]) expect(toSeconds(toMinutes(seconds))).toBe(seconds)
  expect(toMinutes(null)).toBeNull()
  expect(toSeconds(null)).toBeNull()
})
