import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { hinted, startHints } from './hints'

startHints()
const button = (name: string) => {
  const one = document.createElement('button')
  one.dataset.hint = name
  document.body.append(one)
  return one
}
const point = (at: Element) => at.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'mouse' }))

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))
  document.body.replaceChildren()
  vi.useRealTimers()
})

it('names what one rests on, and the next one at once', () => {
  const [first, second] = [button('归档'), button('转交')]
  point(first)
  vi.advanceTimersByTime(300)
  expect(hinted.value).toBeNull()
  vi.advanceTimersByTime(200)
  expect(hinted.value).toBe(first)
  point(second)
  vi.advanceTimersByTime(1)
  expect(hinted.value).toBe(second)
})
it('goes when the pointer leaves, a key says so, or the button is gone', () => {
  const one = button('归档')
  for (const leave of [() => point(document.body), () => one.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })), () => { one.remove(); document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true })) }]) {
    point(one)
    vi.advanceTimersByTime(500)
    expect(hinted.value).toBe(one)
    leave()
    vi.advanceTimersByTime(200)
    expect(hinted.value).toBeNull()
  }
})
it('says nothing to a finger', () => {
  button('归档').dispatchEvent(new PointerEvent('pointerover', { bubbles: true, pointerType: 'touch' }))
  vi.advanceTimersByTime(1000)
  expect(hinted.value).toBeNull()
})
