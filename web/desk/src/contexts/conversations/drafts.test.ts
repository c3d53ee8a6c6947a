import { expect, test, vi } from 'vitest'

const put = vi.hoisted(() => vi.fn(() => Promise.resolve()))
vi.mock('@/api/client', () => ({ api: { put } }))
const { clearDraft, draftOf, heldIn, lastKind, mailIn, offerDrafts, saveCard, saveDraft, saveMail } = await import('./drafts')
const { hasDraft } = await import('./written')

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
  expect(offerDrafts('two', [{ text: '旧的', kind: 'agent', card: null, mail: null, pictures: [] }, { text: '备注', kind: 'note', card: null, mail: null, pictures: [] }])).toBe(true)
  expect([draftOf('two', 'agent'), draftOf('two', 'note'), lastKind('two')]).toEqual(['新的', '备注', 'agent'])
})

const content = { intro: '', quick: ['明天', '后天'], block: null }

test('a card is kept with the reply, alone too, and goes with it', () => {
  vi.useFakeTimers()
  put.mockClear()
  saveDraft('three', { text: '备注', kind: 'note' })
  saveCard('three', { content, files: [], template_id: 'a' })
  expect([hasDraft('three'), lastKind('three')]).toEqual([true, 'agent'])
  vi.advanceTimersByTime(800)
  expect(put).toHaveBeenCalledWith('/conversations/three/draft', { text: '备注', kind: 'note' })
  expect(put).toHaveBeenCalledWith('/conversations/three/draft', { text: '', kind: 'agent', card: { content, template_id: 'a', canned_reply_id: undefined } })
  saveCard('three', null)
  vi.advanceTimersByTime(800)
  expect(put).toHaveBeenLastCalledWith('/conversations/three/draft', { text: '', kind: 'agent' })
  saveCard('three', { content, files: [], template_id: null })
  clearDraft('three', 'agent')
  expect(heldIn('three')).toBeUndefined()
  expect(put).toHaveBeenLastCalledWith('/conversations/three/draft', { text: '', kind: 'agent' })
  vi.useRealTimers()
})

test("the server's card comes where none was held or taken out", () => {
  const card = { content, template_id: null, canned_reply_id: 'b', pictures: [] }
  expect(offerDrafts('four', [{ text: '', kind: 'agent', card, mail: null, pictures: [] }])).toBe(true)
  expect([heldIn('four'), lastKind('four')]).toEqual([{ ...card, files: [] }, 'agent'])
  saveCard('four', null)
  expect(offerDrafts('four', [{ text: '', kind: 'agent', card, mail: null, pictures: [] }])).toBe(false)
  expect(heldIn('four')).toBeUndefined()
})

test('what makes a reply a mail is kept with it, and comes from the server where nothing was written here', () => {
  vi.useFakeTimers()
  const mail = { to: [{ email: 'a@x.cn', name: '' }], cc: [], bcc: [], subject: 'Re: 退款', html: '<p>您好</p>' }
  expect(offerDrafts('five', [{ text: '您好', kind: 'agent', card: null, mail, pictures: [] }])).toBe(true)
  expect(mailIn('five')).toEqual(mail)
  saveMail('five', { ...mail, subject: '退款' })
  expect(offerDrafts('five', [{ text: '您好', kind: 'agent', card: null, mail, pictures: [] }])).toBe(false)
  vi.advanceTimersByTime(800)
  expect(put).toHaveBeenLastCalledWith('/conversations/five/draft', { text: '您好', kind: 'agent', mail: { ...mail, subject: '退款' } })
  clearDraft('five', 'agent')
  expect(put).toHaveBeenLastCalledWith('/conversations/five/draft', { text: '', kind: 'agent' })
  vi.useRealTimers()
})
