import { expect, it } from 'vitest'
import { matches } from './match'

it.each([
  ['rqzdj', '燃气灶：登记上门', true],
  ['登记', '燃气灶：登记上门', true],
  ['zj', '转接', true],
  ['：', '燃气灶：登记上门', true],
  ['：', '转接', false],
  ['djrqz', '燃气灶：登记上门', false],
])('%s finds %s: %s', (query, text, found) => expect(matches(query, text)).toBe(found))
it('finds by what is given beside the label', () => expect(matches('rqzdj', '其他', 'ranqizao:dengji rqz:dj')).toBe(true))
