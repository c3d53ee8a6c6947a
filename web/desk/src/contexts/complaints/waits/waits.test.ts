import { describe, expect, it } from 'vitest'
import { everyDay, isMoney, toneOf, type Wait, type WaitDay } from './waits'

describe('waits', () => {
  it('shows days without a wait too', () => {
    const one = { day: '2026-11-02', waits: 3 } as WaitDay
    const all = everyDay([one], '2026-11-01', '2026-11-03')
    expect(all.map((day) => [day.day, day.found?.waits ?? null])).toEqual([['2026-11-01', null], ['2026-11-02', 3], ['2026-11-03', null]])
  })
  it('never runs away', () => {
    expect(everyDay([], '2020-01-01', '2030-01-01')).toHaveLength(92)
  })
  it('knows what is money', () => {
    expect([isMoney({ unit: 'fen' }), isMoney({ unit: 'piece', face_fen: 1 }), isMoney({ unit: 'piece', unit_fen: 9900 }), isMoney({ unit: 'points', unit_fen: 1 })]).toEqual([true, true, false, false])
  })
  it('is red only where nobody made it good', () => {
    const wait = (over_s: number, result: string | null) => ({ over_s, result }) as Wait
    expect([toneOf(wait(0, null)), toneOf(wait(9, 'granted')), toneOf(wait(9, 'budget'))]).toEqual(['text-fg-2', 'text-warning', 'text-danger'])
  })
})
