import { beforeEach, expect, it } from 'vitest'
import { dismiss, toast, toasts } from './toast'

beforeEach(() => toasts.splice(0))

it('says once, with how often, what comes again while it stands there', () => {
  toast({ text: 'waits' })
  toast({ text: 'other' })
  toast({ text: 'waits' })
  expect(toasts.map((one) => [one.text, one.times])).toEqual([['other', 1], ['waits', 2]])
  dismiss(toasts[1].id)
  toast({ text: 'waits' })
  expect(toasts.at(-1)?.times).toBe(1)
})
it('keeps every notice that can be undone', () => {
  toast({ text: 'closed', undo: () => undefined })
  toast({ text: 'closed', undo: () => undefined })
  expect(toasts).toHaveLength(2)
})
