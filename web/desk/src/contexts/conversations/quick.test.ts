import { expect, test } from 'vitest'
import { fit, ranked, type Quick } from './quick'

const one = (shortcut: string, title: string, typed: string, text = '', language = 'zh-CN'): Quick => ({ id: `${shortcut}${language}`, shortcut, title, typed, text, language })
const hob = one('visit', '燃气灶上门', 'ranqizaoshangmen rqzsm', '师傅明天到')
const greeting = one('hi', '问候', 'wenhou wh', '您好，我来看看您的燃气灶')

test('shortcut, pinyin, initials and words find it, in this order', () => {
  expect(['vis', 'rqz', '上门', 'shangm', '明天', 'sfmt', 'xyz'].map((query) => fit(query, hob))).toEqual([6, 5, 4, 3, 2, 1, 0])
})

test('the title comes before the text, the language of the conversation before the other', () => {
  const english = one('visit', 'Hob visit', 'hobvisit', 'Tomorrow', 'en')
  expect(ranked('rqz', [greeting, hob], 'zh-CN')).toEqual([hob, greeting])
  expect(ranked('visit', [hob, english], 'en')).toEqual([english, hob])
  expect(ranked('', [greeting, english], 'zh-CN')).toEqual([greeting, english])
  expect(ranked('nothing', [greeting, hob, english], 'zh-CN')).toEqual([])
})
