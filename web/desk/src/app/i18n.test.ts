import { beforeEach, expect, it } from 'vitest'
import { firstLanguage, useLanguage } from './i18n'

beforeEach(() => localStorage.clear())

it.each([
  [['zh-TW', 'en'], 'zh-CN'], [['en-GB', 'zh-CN'], 'en'], [['fr', 'zh-CN'], 'zh-CN'], [['en-US', 'en'], 'en'], [['de'], 'en'], [[], 'zh-CN'],
] as const)('asked for %s before sign-in, it speaks %s', (asked, spoken) => expect(firstLanguage(asked)).toBe(spoken))
it('goes on in the language that was used here last', async () => {
  await useLanguage('en')
  expect(firstLanguage(['zh-CN'])).toBe('en')
})
