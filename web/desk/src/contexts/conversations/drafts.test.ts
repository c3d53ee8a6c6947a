import { expect, test, vi } from 'vitest'

const put = vi.hoisted(() => vi.fn(() => Promise.resolve()))
vi.mock('@/api/client', () => ({ api: { put } }))
const { clearDraft, draftOf, hasDraft, lastKind, offerDrafts, saveDraft } = await import('./drafts')

test('a reply and a note are kept apart, here and on the server', () => {
  vi.useFakeTimers()
  saveDraft('one', { text: '您好', kind: 'agent' })
  saveDraft('one', { text: '要回访', kind: 'note' })
  expect([draftOf('one', 'agent'), draftOf('one', 'note'), lastKind('one')]).toEqual(['您好', '要回访', 'note'])
  vi.advanceTimersByTime(800)
  expect(put.mock.calls).toEqual([
    ['/conversations/one/draft', { text: '您好', kind: 'agent' }],
    ['/conversations/one/draft', { text: '要回访', kind: 'note' }],
  ])
  clearDraft('one', 'agent')
  expect([draftOf('one', 'agent'), draftOf('one', 'note'), hasDraft('one')]).toEqual(['', '要回访', true])
  vi.useRealTimers()
})

test("the server's drafts come where nothing was typed", () => {
  saveDraft('two', { text: '新的', kind: 'agent' })
  expect(offerDrafts('two', [{ text: '旧的', kind: 'agent' }, { text: '备注', kind: 'note' }])).toBe(true)
  expect([draftOf('two', 'agent'), draftOf('two', 'note'), lastKind('two')]).toEqual(['新的', '备注', 'agent'])
})
