import { expect, it } from 'vitest'
import { fault, filled, fromDraft, outgoing, overload, travelling, type Answering, unheard } from './answering'
import { blank } from './fields'

const wang = { email: 'wang@x.cn', name: '王海涛' }
const given: Answering = { can_mail: true, why: '', from: { email: 'care@y.cn', name: '客服' }, to: [wang], cc: [], subject: 'Re: 退款', signature: { html: '', text: '' }, quote: { html: '<blockquote>原信</blockquote>', text: '原信' }, known: ['wang@x.cn'], new: [], undo_s: 10, left: false }

it('proposes what the server says until somebody says otherwise, also nobody at all', () => {
  expect(filled(blank(), given).to).toEqual([wang])
  expect(filled({ ...blank(), to: [] }, given).to).toEqual([])
  expect(filled({ ...blank(), below: { html: '', text: '' } }, given).to).toEqual([])
})

it.each([
  [{}, undefined, 'not_known'], [{}, { ...given, can_mail: false }, 'cannot'], [{ to: [] }, given, 'nobody'], [{ cc: [{ email: 'li', name: '' }] }, given, 'wrong_address'],
  [{ subject: ' ' }, given, 'no_subject'], [{ bcc: Array.from({ length: 21 }, (_, at) => ({ email: `a${at}@x.cn`, name: '' })) }, given, 'too_many'], [{}, given, null],
] as const)('says what keeps %j from going', (patch, offer, wanted) => expect(fault(filled({ ...blank(), ...patch } as never, offer as never), offer as never)).toBe(wanted))

it('asks about each newcomer once, wherever it stands', () => {
  const mail = filled({ ...blank(), cc: [{ email: 'b@x.cn', name: '' }], bcc: [{ email: 'B@x.cn', name: '' }, { email: 'c@x.cn', name: '' }] }, given)
  expect(unheard(mail, given, []).map((one) => one.email)).toEqual(['b@x.cn', 'c@x.cn'])
  expect(unheard(mail, given, ['c@x.cn']).map((one) => one.email)).toEqual(['b@x.cn'])
})

it('sends a picture by the name of its file, and the history only where it was left in', () => {
  expect(travelling('<p><img src="/files/7/a.png?t=1" alt="图" data-file="7"></p>')).toBe('<p><img src="cid:7" alt="图"></p>')
  const mail = filled(blank(), given)
  expect(outgoing(mail, blank(), '<p>好</p><p></p>', given).html).toBe('<p>好</p><blockquote>原信</blockquote>')
  expect(outgoing(mail, { ...blank(), quoted: false }, '<p>好</p>', given).html).toBe('<p>好</p>')
})

it('leaves a masked address to the server, and asks nobody about it', () => {
  const masked = { ...given, to: [{ email: 'w***@x.cn', name: '王' }], known: [] }
  const mail = filled(blank(), masked)
  expect([fault(mail, masked), unheard(mail, masked, []), outgoing(mail, blank(), '<p>好</p>', masked).to]).toEqual([null, [], []])
})

it('counts files and what they weigh together, as the server does', () => {
  const mb = (n: number) => ({ size: n * 1024 * 1024 })
  expect([overload([mb(12), mb(8)]), overload([mb(12), mb(8), { size: 1 }]), overload(Array.from({ length: 21 }, () => ({ size: 1 })))]).toEqual([null, 'too_heavy', 'too_many_files'])
})

it('shows the pictures of a draft from elsewhere, and leaves out those that are gone', () => {
  const file = { id: '01a20939-489f-7ef9-bca5-e04a250ed0dc', url: '/files/a/x.png' } as never
  const draft = { to: [], cc: [], bcc: [], subject: '', html: '<p>见<img src="cid:01a20939-489f-7ef9-bca5-e04a250ed0dc" alt="图"><img src="cid:01a20939-0000-7ef9-bca5-e04a250ed0dc" alt="无"></p>' }
  expect(fromDraft(draft, [file])).toMatchObject({ pictures: [file], html: '<p>见<img src="/files/a/x.png" data-file="01a20939-489f-7ef9-bca5-e04a250ed0dc" alt="图"></p>' })
})
