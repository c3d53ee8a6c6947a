import { expect, it } from 'vitest'
import { toDay } from './day'

it.each(['2026-11-05', '2026-11-5', '2026/11/05', '2026.11.5', '20261105', ' 2026年11月5日 '])('takes %s as people write it', (text) => {
  expect(toDay(text)).toBe('2026-11-05')
})
it.each(['', '11/05/2026', '05.11.2026', '2026-02-30', '2026-13-01', '2026-00-10', '2026-11', '20261', 'tomorrow'])('takes %s as no day', (text) => {
  expect(toDay(text)).toBeNull()
})
