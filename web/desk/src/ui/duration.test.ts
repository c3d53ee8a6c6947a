import { expect, it } from 'vitest'
import { spelled } from './duration'

it.each([
  [30, 'en', '30 sec'],
  [90, 'en', '1 min 30 sec'],
  [14_400, 'en', '4 hr'],
  [14_400, 'zh-CN', '4小时'],
  [172_800, 'zh-CN', '2天'],
])('spells %i s in %s', (seconds, language, words) => expect(spelled(seconds, language)).toBe(words))
