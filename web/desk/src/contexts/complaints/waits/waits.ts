/** Waits and what is promised of them: their shapes, and how they are worded. */
import { currentLanguage } from '@/app/i18n'
import type { Shapes } from '@/api/types'
import { spelled } from '@/ui/duration'
import { money } from '@/ui/money'

export type Wait = Shapes['Wait']
export type WaitDay = Shapes['WaitDay']
export type Rule = Shapes['WaitRule']
export type Would = Shapes['WouldPay']
export type Instrument = Shapes['InstrumentRow']

export const say = (seconds: number) => (seconds < 1 ? spelledZero() : spelled(seconds >= 300 ? Math.floor(seconds / 60) * 60 : seconds, currentLanguage()))
const spelledZero = () => new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit: 'second', unitDisplay: 'short' }).format(0)

/** Whether amounts are money: fen, or pieces of one fen each. */
export const isMoney = (one: { unit: string | null; unit_fen?: number; face_fen?: number }) => one.unit === 'fen' || (one.unit === 'piece' && (one.unit_fen ?? one.face_fen) === 1)
export const named = (zh: string, en: string) => (currentLanguage() === 'en' ? en || zh : zh)

/** What a customer got: how much of what. */
export function given(one: Wait): string {
  const name = named(one.given_zh, one.given_en)
  if (one.unit === 'points') return `${one.amount ?? 0} ${name}`
  return one.amount === one.cost_fen ? `${name} ${money(one.cost_fen, currentLanguage())}` : one.amount === 1 ? name : `${name} × ${one.amount ?? 0}`
}

/** An amount of a rule in its instrument's own measure. */
export function amountOf(rule: { unit: string; unit_fen: number; instrument_zh: string; instrument_en: string }, amount: number): string {
  if (isMoney(rule)) return money(amount, currentLanguage())
  return rule.unit === 'points' ? new Intl.NumberFormat(currentLanguage()).format(amount) : `× ${amount}`
}

/** Red is a broken promise that nobody made good, amber one that was. */
export const toneOf = (one: Wait) => (!one.over_s ? 'text-fg-2' : one.result === 'granted' ? 'text-warning' : 'text-danger')

/** Every day from the first to the last, also those without a wait. */
export function everyDay(days: WaitDay[], since: string, until: string): { day: string; found: WaitDay | null }[] {
  const known = new Map(days.map((one) => [one.day, one]))
  const all: { day: string; found: WaitDay | null }[] = []
  for (let at = Date.parse(`${since}T00:00:00Z`), end = Date.parse(`${until}T00:00:00Z`); at <= end && all.length < 92; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    all.push({ day, found: known.get(day) ?? null })
  }
  return all
}
