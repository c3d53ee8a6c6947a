import { expect, it } from 'vitest'
import { isSlug, leads, readable } from './look'

it('takes only colours that white can be read on', () => {
  expect(readable('#8a4b12')).toBe(true)
  expect(readable('#ffe000')).toBe(false)
  expect(readable('red')).toBe(false)
})

it('takes only links that lead somewhere harmless', () => {
  for (const url of ['https://a.example', 'https://a.example/p?a=1', 'mailto:a@b.example', 'tel:4000000000']) expect(leads(url), url).toBe(true)
  for (const url of ['', 'javascript:alert(1)', 'https://u@a.example/', 'a.example', 'https://a b']) expect(leads(url), url).toBe(false)
})

it('knows what may stand in an address', () => {
  expect(isSlug('next-door')).toBe(true)
  expect(isSlug('Next door')).toBe(false)
})
