/** Why somebody should look at a conversation, in words. */
import { i18n } from '@/app/i18n'
import { duration } from '@/ui/duration'
import type { Tone } from '@/ui/kinds'
import type { Reason } from './types'

const t = (key: string, values: Record<string, unknown>) => i18n.global.t(key, values)

export function reasonText(one: Reason, now: number): string {
  const ago = duration((now - Date.parse(one.since)) / 1000)
  if (one.kind === 'late') return t(one.level > 1 ? 'assist.care.late_over' : 'assist.care.late_near', { time: ago })
  if (one.kind === 'upset') return t(one.level > 1 && one.times < 2 ? 'assist.care.upset_grave' : 'assist.care.upset', { n: one.times })
  return t(`assist.care.${one.kind}`, { n: one.times, time: ago })
}

export const urgency = (level: number): Tone => (level > 1 ? 'danger' : 'warning')
