import { expect, test } from 'vitest'
import { keyFrom, optionLines, optionsFrom } from './fields'

test('keys come from English words and are not taken twice', () => {
  expect(keyFrom('Member No.', [])).toBe('member_no')
  expect(keyFrom('会员号', ['field'])).toBe('field_2')
  expect(keyFrom('2nd floor', [])).toBe('nd_floor')
})

test('lines make a tree and come back as they were', () => {
  const text = '家电 | Appliances\n  燃气灶 | Hob\n  油烟机\n其他'
  const made = optionsFrom(text, [], true)
  expect(made.map((one) => [one.key, one.parent])).toEqual([['appliances', null], ['hob', 'appliances'], ['option', 'appliances'], ['option_2', null]])
  expect(optionLines(made)).toBe(text)
  expect(optionsFrom(optionLines(made), made, true)).toEqual(made)
})

test('who keeps a name keeps the key, whatever moves around it', () => {
  const made = optionsFrom('甲\n乙', [], false)
  const moved = optionsFrom('丙\n乙', made, false)
  expect(moved.map((one) => one.zh)).toEqual(['丙', '乙'])
  expect(moved[1].key).toBe(made[1].key)
  expect(made.map((one) => one.key)).not.toContain(moved[0].key)
})
