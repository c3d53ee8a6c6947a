import { expect, it } from 'vitest'
import { better, eachFen, gapWritten, reading, written, type Compared } from './effects'

const compared = (verdict: Compared['gap']['verdict']): Compared => ({ offered: { value: 0.1, n: 100, low: 0.05, high: 0.2 }, held: { value: 0.2, n: 100, low: 0.1, high: 0.3 }, gap: { value: -0.1, low: -0.2, high: -0.01, verdict } })

it('reads fewer repeats as good and fewer returns as bad', () => {
  expect(reading('repeat', compared('less'))).toBe('good')
  expect(reading('back', compared('less'))).toBe('bad')
  expect(reading('rating', compared('more'))).toBe('good')
  expect(reading('complained', compared('too_few'))).toBe('too_few')
  expect(better('complained')).toBe('less')
})
it('writes nothing where nothing was counted', () => {
  expect(written('repeat', null)).toBe('–')
  expect(written('rating', 4.5)).toBe('4.50')
  expect(written('repeat', 0.125)).toBe('12.5%')
  expect(gapWritten('repeat', -0.123)).toBe('-12.3')
  expect(gapWritten('rating', 0.5)).toBe('+0.5')
  expect(eachFen(1001, 2)).toBe(501)
  expect(eachFen(0, 0)).toBeNull()
})
