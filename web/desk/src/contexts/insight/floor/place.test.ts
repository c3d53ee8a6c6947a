import { expect, it } from 'vitest'
import { inPlace } from './useFloor'

it('keeps everybody where they stood, whatever the board says since', () => {
  const rows = [{ id: 'c', state: 'ready' }, { id: 'a', state: 'break' }, { id: 'new', state: 'ready' }]
  expect(inPlace(['a', 'gone', 'c'], rows).map((one) => one.id)).toEqual(['a', 'c'])
})
