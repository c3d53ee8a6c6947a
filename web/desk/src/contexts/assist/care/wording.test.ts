import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { corrected, findings, type Rules } from './wording'

const folder = `${import.meta.dirname}/../../../../../../tests/assist`
const cases = JSON.parse(readFileSync(`${folder}/wording_cases.json`, 'utf8')) as { text: string; first?: boolean; found: string[]; hard?: boolean }[]
const rules = JSON.parse(readFileSync(`${folder}/wording_defaults.json`, 'utf8')) as Rules

it.each(cases)('$text', ({ text, first, found, hard }) => {
  const kinds = new Set(findings(text, rules, first ?? false).map((one) => one.kind))
  expect([...kinds].sort()).toEqual(hard ? [] : [...found].sort())
})
it('puts one thing right, and small things together', () => {
  const text = '你好,你的订单不归我管'
  const all = findings(text, rules)
  expect(all.map((one) => one.kind)).toEqual(['not_mine', 'honorific', 'honorific', 'punctuation'])
  expect(corrected(text, all[0], all)).toBe('你好,你的订单我来联系负责的同事')
  expect(corrected(text, all[1], all)).toBe('您好,您的订单不归我管')
})
it('takes words of the house as words', () => {
  const strange = { ...rules, jargon: { level: 'hint', zh: ['(a+)+$', '…', '→'], en: [] } } as Rules
  expect(findings('见(a+)+$', strange).map((one) => one.kind)).toEqual(['jargon'])
  expect(findings('aaaaaaaaaaaaaaaaaaaaaaaaaaaa!', strange)).toEqual([])
})
