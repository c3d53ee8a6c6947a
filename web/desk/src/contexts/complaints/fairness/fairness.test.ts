import { expect, it } from 'vitest'
import { groupWord, placeOf, signed, spanOf } from './fairness'

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
it('a difference lies beside the middle, the widest interval at the ends', () => {
  const at = spanOf([{ low_fen: -200, high_fen: 600 }, { low_fen: null, high_fen: null }])
  expect([at(0), at(600), at(-600), at(-200)]).toEqual([50, 100, 0, 50 - 100 / 6])
})
it('a group nobody knows has a word, and money its sign', () => {
  expect(groupWord('tier', 'vip')).toBe('complaints.fairness.tier_vip')
  expect(groupWord('language', 'zh-CN')).toBe('complaints.fairness.language_zh_CN')
  expect(groupWord('tier', 'diamond')).toBe('complaints.fairness.tier_other')
  expect(signed(1050)).toMatch(/^\+.*10\.50?/)
  expect(signed(-100)).toMatch(/^−/)
})
