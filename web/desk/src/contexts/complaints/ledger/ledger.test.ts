import { describe, expect, it } from 'vitest'
import { months, shareOf, toneOf } from './ledger'

describe('books and budgets', () => {
  it('counts months over the turn of the year', () => {
    expect(months('2026-01', 2, 1)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
    expect(months('2026-12', 0, 1)).toEqual(['2027-01', '2026-12'])
  })
  it('is red over the budget, amber on the way there, and nothing without one', () => {
    const tone = (amount_fen: number | null, used_fen: number, forecast_fen: number) => toneOf({ amount_fen, used_fen, forecast_fen })
    expect([tone(100, 101, 101), tone(100, 60, 130), tone(100, 60, 100), tone(null, 60, 130)]).toEqual(['danger', 'warning', 'calm', 'neutral'])
  })
  it('has no share of nothing', () => {
    expect([shareOf({ amount_fen: 0, used_fen: 5 }), shareOf({ amount_fen: null, used_fen: 5 }), shareOf({ amount_fen: 200, used_fen: 50 })]).toEqual([null, null, 0.25])
  })
})
