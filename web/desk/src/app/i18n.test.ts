import { beforeEach, expect, it, vi } from 'vitest'
import { firstLanguage, i18n, needWords, useLanguage } from './i18n'

beforeEach(() => localStorage.clear())

it.each([
  [['zh-TW', 'en'], 'zh-CN'], [['en-GB', 'zh-CN'], 'en'], [['fr', 'zh-CN'], 'zh-CN'], [['en-US', 'en'], 'en'], [['de'], 'en'], [[], 'zh-CN'],
] as const)('asked for %s before sign-in, it speaks %s', (asked, spoken) => expect(firstLanguage(asked)).toBe(spoken))
it('goes on in the language that was used here last', async () => {
  await useLanguage('en')
  expect(firstLanguage(['zh-CN'])).toBe('en')
})
it('says a word in the language of now, and knows it as soon as it is loaded', async () => {
  await useLanguage('en')
  expect(i18n.global.t('routing.go_ready')).toBe('routing.go_ready')
  await needWords('routing')
  const english = i18n.global.t('routing.go_ready')
  await useLanguage('zh-CN')
  const chinese = i18n.global.t('routing.go_ready')
  expect(english).toMatch(/[a-z]/i)
  expect(chinese).toMatch(/[\u4e00-\u9fff]/)
  await useLanguage('en')
  expect(i18n.global.t('routing.go_ready')).toBe(english)
})
it('asks again for words that did not come', async () => {
  vi.spyOn(i18n.global, 'mergeLocaleMessage').mockImplementationOnce(() => { throw new Error('no network') })
  await expect(needWords('directory')).rejects.toThrow('no network')
  // Another page does not wait for them.
  await needWords('exchange/admin')
  expect(i18n.global.t('directory.title')).toBe('directory.title')
  await needWords('directory')
  expect(i18n.global.t('directory.title')).not.toBe('directory.title')
})
