import { expect, it } from 'vitest'
import { placeOf } from './fairness'

it('an amount lies between the least and the most', () => {
  expect(placeOf(0, 0, 5000)).toBe(0)
  expect(placeOf(2500, 0, 5000)).toBe(50)
  expect(placeOf(5000, 0, 5000)).toBe(100)
})
it('amounts that are all alike stand in the middle', () => {
  expect(placeOf(2000, 2000, 2000)).toBe(50)
})
it('what lies outside stays at the end', () => {
  expect(placeOf(9000, 0, 5000)).toBe(100)
})
