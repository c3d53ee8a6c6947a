/** Schemes of compensation: their shapes, money as it is written, and lines while they are edited. */
import { currentLanguage } from '@/app/i18n'
import type { Shapes } from '@/api/types'

export type Instrument = Shapes['InstrumentRow']
export type Version = Shapes['TableView']
export type Shown = Shapes['TableShown']
export type LineView = Shapes['LineView']
export type Line = Shapes['Line']
export type Limits = Shapes['Limits']
export type Authority = Shapes['AuthorityView']

export const liabilities = ['ours', 'partner', 'customer', 'nobody'] as const
export const kinds = ['coupon', 'points', 'credit', 'refund', 'gift', 'service'] as const
export const unitOf = (kind: Instrument['kind']) => (kind === 'points' ? 'points' : kind === 'credit' || kind === 'refund' ? 'fen' : 'piece')

/** Money of the house, ¥12.50 and ¥12,480. */
export const money = (fen: number) => new Intl.NumberFormat(currentLanguage(), { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol', minimumFractionDigits: fen % 100 ? 2 : 0 }).format(fen / 100)

export const nameOf = (one: { name_zh: string; name_en: string }) => (currentLanguage() === 'en' ? one.name_en || one.name_zh : one.name_zh)

/** What a line costs as it stands on the screen; the server reckons it anew. */
export const costOf = (instrument: Instrument | undefined, amount: number) => (instrument ? (instrument.unit === 'fen' ? amount : amount * instrument.face_fen) : 0)

/** A line while it is edited; money is in yuan there. */
export interface Editing { key: number; liability: Line['liability']; severity: string | null; reason_id: string; instrument_id: string | null; amount: number | null; words_zh: string; words_en: string; needs_approval: boolean; change: LineView['change'] | null }
let last = 0

export function edited(view: LineView, instruments: Map<string, Instrument>): Editing {
  const { line, change } = view
  const unit = instruments.get(line.instrument_id)?.unit
  return { key: ++last, liability: line.liability, severity: line.severity ? String(line.severity) : null, reason_id: line.reason_id ?? '', instrument_id: line.instrument_id, amount: unit === 'fen' ? line.amount / 100 : line.amount, words_zh: line.words_zh, words_en: line.words_en, needs_approval: line.needs_approval, change }
}

export const fresh = (like?: Editing): Editing => ({ liability: 'ours', severity: null, reason_id: '', instrument_id: null, amount: null, words_zh: '', words_en: '', needs_approval: false, ...like, key: ++last, change: null })

/** Which lines claim the same place: two of them contradict each other. */
export function doubles(lines: Editing[]): Set<number> {
  const seen = new Map<string, number>()
  const found = new Set<number>()
  for (const one of lines) {
    const place = [one.liability, one.severity, one.reason_id].join(' ')
    if (seen.has(place)) found.add(one.key).add(seen.get(place) as number)
    else seen.set(place, one.key)
  }
  return found
}

export function sent(one: Editing, instruments: Map<string, Instrument>) {
  const unit = instruments.get(one.instrument_id ?? '')?.unit
  return { liability: one.liability, severity: one.severity ? Number(one.severity) : null, reason_id: one.reason_id || null, instrument_id: one.instrument_id, amount: Math.round((one.amount ?? 0) * (unit === 'fen' ? 100 : 1)), words_zh: one.words_zh, words_en: one.words_en, needs_approval: one.needs_approval }
}

/** A line in words: who is liable, how bad, for which reason, what is given. */
export function lineWords(one: Pick<Line, 'severity' | 'reason_id' | 'instrument_id'> & { liability: string }, instruments: Map<string, Instrument>, reasons: Map<string, string>, t: (key: string) => string): string {
  const what = instruments.get(one.instrument_id)
  return [
    t(`complaints.schemes.liable_${one.liability}`),
    one.severity ? t(`complaints.schemes.severity_${one.severity}`) : null,
    one.reason_id ? (reasons.get(one.reason_id) ?? t('complaints.schemes.reason_gone')) : null,
    what ? nameOf(what) : null,
  ].filter(Boolean).join(' · ')
}

/** How much of a limit is used. Units: percent, at most 100. */
export const sharePart = (used: number, most: number | null | undefined): number => (most ? Math.min(100, Math.round((used / most) * 100)) : 0)
