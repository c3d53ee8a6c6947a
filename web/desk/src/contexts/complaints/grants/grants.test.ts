import { describe, expect, it } from 'vitest'
import { costOf, inUnit, inYuan, underWay } from './grants'

describe('compensation at the desk', () => {
  const refund = { unit: 'fen' as const, face_fen: 1 }
  const coupon = { unit: 'piece' as const, face_fen: 1 }
  const gift = { unit: 'piece' as const, face_fen: 2900 }
  const points = { unit: 'points' as const, face_fen: 1 }
  it('types money in yuan, everything else in its own unit', () => {
    expect([refund, coupon, gift, points].map(inYuan)).toEqual([true, true, false, false])
    expect([inUnit(refund, 12.34), inUnit(coupon, 50), inUnit(gift, 2), inUnit(points, 500)]).toEqual([1234, 5000, 2, 500])
  })
  it('knows what it costs the house', () => {
    expect([costOf(refund, 1234), costOf(coupon, 5000), costOf(gift, 2), costOf(points, 500)]).toEqual([1234, 5000, 5800, 500])
  })
  it('is under way while somebody has to answer', () => {
    expect((['waiting', 'offered', 'granted', 'refused'] as const).map((state) => underWay({ state }))).toEqual([true, true, false, false])
  })
})
