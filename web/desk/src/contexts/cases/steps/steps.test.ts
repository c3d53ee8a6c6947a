import { expect, it } from 'vitest'
import { layers } from './steps'

const step = (id: string, ...before: string[]) => ({ id, before })
const drawn = (...steps: ReturnType<typeof step>[]) => layers(steps).map((row) => row.map((one) => one.id).join(' '))

it('stands what may go on at once side by side, and each below what it waits for', () => {
  expect(drawn(step('look'), step('part', 'look'), step('visit', 'look'), step('check', 'part', 'visit'))).toEqual(['look', 'part visit', 'check'])
})

it('draws what comes after something that is gone, and what waits for itself', () => {
  expect(drawn(step('a', 'gone'), step('b', 'c'), step('c', 'b'))).toEqual(['a', 'b c'])
})
