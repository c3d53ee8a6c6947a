/** Policies as the page shows them: tiers, and minutes for what the server keeps in seconds. */
import type { Shapes } from '@/api/types'

export type Policy = Shapes['PolicyView']
export const tiers = ['standard', 'member', 'silver', 'gold', 'platinum', 'vip']
/** Kinds of channel, as conversations have them. */
export const channels = ['web', 'mail']
export const targets = ['first_reply', 'next_reply', 'resolve'] as const
export type Target = (typeof targets)[number]

export const toMinutes = (seconds: number | null | undefined): number | null => (seconds == null ? null : Math.round((seconds / 60) * 100) / 100)
export const toSeconds = (minutes: number | null | undefined): number | null => (minutes == null ? null : Math.round(minutes * 60))

/** The ids with one of them a place earlier or later. */
export function moved(ids: string[], id: string, by: -1 | 1): string[] {
  const at = ids.indexOf(id)
  const out = [...ids]
  if (at < 0 || at + by < 0 || at + by >= ids.length) return out
  ;[out[at], out[at + by]] = [out[at + by], out[at]]
  return out
}
