import { yuan } from '../complaints/complaints'

/** Where an amount lies between the least and the most. Units: percent from the left. */
export const placeOf = (fen: number, least: number, most: number): number => (most > least ? Math.min(100, Math.max(0, ((fen - least) / (most - least)) * 100)) : 50)

const GROUPS: Record<string, readonly string[]> = { tier: ['standard', 'member', 'silver', 'gold', 'platinum', 'vip'], language: ['zh-CN', 'en'] }

/** The wording of a group of customers. */
export const groupWord = (by: string, group: string): string => `complaints.fairness.${by}_${GROUPS[by]?.includes(group) ? group.replace('-', '_') : 'other'}`

/** Money with its sign. */
export const signed = (fen: number): string => `${fen > 0 ? '+' : fen < 0 ? '−' : ''}${yuan(Math.abs(Math.round(fen)))}`

/** Where an amount lies on a line with nothing in the middle and the widest interval at its ends. Units: percent. */
export function spanOf(rows: { low_fen: number | null; high_fen: number | null }[]): (fen: number) => number {
  const most = Math.max(1, ...rows.map((one) => Math.max(Math.abs(one.low_fen ?? 0), Math.abs(one.high_fen ?? 0))))
  return (fen) => 50 + (50 * fen) / most
}
