import { expect, it } from 'vitest'
import { daysTo, meant, shown, yuan, type Entry } from './entries'

const entry = (name_zh: string, more: Partial<Entry> = {}) => ({
  id: name_zh, kind: 'department', name_zh, name_en: '', typed: '', competence: '', power: '', phone: '', reasons: [], standing: 'fresh', due_at: '2026-12-01T00:00:00Z', mine: false, owner_active: true, ...more,
}) as Entry

it('finds by what is solved, by the reason and by initials', () => {
  const one = entry('财务退款审批', { competence: '重复扣款核对', reasons: [{ id: 'r', name: '退款到账' }] })
  for (const text of ['cwtk', '重复扣款', '到账', ' 财务 ']) expect(meant(one, text)).toBe(true)
  expect(meant(one, '抢修')).toBe(false)
})
it('puts what has to be looked at again first, the longest overdue before all', () => {
  const rows = [entry('财务'), entry('安捷'), entry('物业', { standing: 'overdue', due_at: '2026-11-10T00:00:00Z' }), entry('计量', { standing: 'overdue', due_at: '2026-11-01T00:00:00Z' }), entry('隐私', { standing: 'soon', due_at: '2026-11-25T00:00:00Z' })]
  expect(shown(rows, '', 'all', null).map((one) => one.name_zh)).toEqual(['计量', '物业', '隐私', '安捷', '财务'])
  expect(shown([...rows, entry('前台', { owner_active: false })], '', 'due', null)).toHaveLength(4)
  expect(shown([entry('甲', { mine: true }), entry('乙')], '', 'mine', null)).toHaveLength(1)
})
it('says days and money', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  expect([daysTo('2026-11-23T13:00:00Z', now), daysTo('2026-11-20T00:00:00Z', now)]).toEqual([3, -1])
  expect([yuan(500_000), yuan(1_050)]).toEqual(['¥5,000', '¥10.50'])
})
