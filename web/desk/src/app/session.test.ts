import { afterEach, expect, it } from 'vitest'
import type { Me } from '@/api/types'
import { helpAddress, useSession } from './session'

const { me } = useSession()
afterEach(() => { me.value = null })

it('leads to the help centre of the own house, and leaves other addresses alone', () => {
  expect(helpAddress('/help/a/one')).toBe('/help/a/one')
  me.value = { organisation: { id: 'h-1' } } as Me
  expect(helpAddress('/help/a/one')).toBe('/help/o/h-1/a/one')
  expect(helpAddress('/help')).toBe('/help/o/h-1')
  expect(helpAddress('/helper')).toBe('/helper')
  expect(helpAddress('https://elsewhere.example/help/a/one')).toBe('https://elsewhere.example/help/a/one')
})
