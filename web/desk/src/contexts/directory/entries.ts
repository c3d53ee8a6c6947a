/** Pure: which entries are shown, in what order, and how their parts are said. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'
import { matches } from '@/ui/match'

export type Entry = Shapes['DirectoryEntry']
export type Show = 'all' | 'due' | 'mine'

/** What an entry is found by: its names, what it solves, the reasons it solves, what it may decide. */
export function meant(entry: Entry, text: string): boolean {
  return matches(text, entry.name_zh, entry.name_en, entry.typed, entry.competence, entry.competence_en, entry.power, entry.power_en, entry.phone, ...entry.reasons.map((one) => one.name))
}

const order = new Intl.Collator('zh-CN-u-co-pinyin')
/** What has to be looked at again comes first, the longest overdue before all; then by name. */
export function shown(entries: readonly Entry[], text: string, show: Show, kind: string | null, language = 'zh-CN'): Entry[] {
  const found = entries.filter((one) => (!kind || one.kind === kind) && (show === 'all' || (show === 'mine' ? one.mine : one.standing !== 'fresh' || !one.owner_active)) && meant(one, text))
  return found.sort((a, b) => (a.standing === 'fresh' || b.standing === 'fresh' ? Number(a.standing === 'fresh') - Number(b.standing === 'fresh') : a.due_at.localeCompare(b.due_at)) || order.compare(nameOf(a, language), nameOf(b, language)))
}

export function nameOf(entry: Pick<Entry, 'name_zh' | 'name_en'>, language: string): string {
  return (language === 'en' && entry.name_en) || entry.name_zh
}

type Words = 'competence' | 'power' | 'hours_text' | 'note'
/** What was written down, in the reader's language where it is there. */
export function said(entry: Entry, what: Words, language: string): string {
  return (language === 'en' && entry[`${what}_en`]) || entry[what]
}

export const standingTone: Record<Entry['standing'], Tone> = { fresh: 'calm', soon: 'warning', overdue: 'danger' }

const DAY = 86_400_000
/** Whole days from now until a moment; negative when it is past. */
export function daysTo(at: string, now: number): number {
  return Math.floor((Date.parse(at) - now) / DAY)
}

export const yuan = (fen: number) => `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: fen % 100 ? 2 : 0 })}`
