/** Compensation at the desk: shapes, and how an amount is said and typed. */
import type { Shapes } from '@/api/types'
import { currentLanguage } from '@/app/i18n'
import { money } from '@/ui/money'

export type Grant = Shapes['GrantView']
export type Suggestion = Shapes['SchemeSuggestion']
export type Instrument = Shapes['InstrumentRow']
type Given = { unit: string; amount: number; cost_fen: number; currency?: string; name_zh: string; name_en: string }

export const LIABILITIES = ['ours', 'partner', 'customer', 'nobody', 'unknown'] as const
export const named = (one: { name_zh: string; name_en: string }) => (currentLanguage() === 'en' ? one.name_en || one.name_zh : one.name_zh)

/** How much of what: money with its sign, points and pieces counted. */
export function amountOf(one: Given): string {
  const name = named(one)
  if (one.unit === 'points') return `${new Intl.NumberFormat(currentLanguage()).format(one.amount)} ${name}`
  if (one.unit === 'fen' || one.amount === one.cost_fen) return `${name} ${money(one.cost_fen, currentLanguage(), one.currency ?? 'CNY')}`
  return one.amount === 1 ? name : `${name} × ${one.amount}`
}

/** Whether its amount is typed in yuan: fen, or pieces of one fen each. */
export const inYuan = (one: Pick<Instrument, 'unit' | 'face_fen'>) => one.unit === 'fen' || (one.unit === 'piece' && one.face_fen === 1)

/** An amount as typed, in the instrument's own unit; and what it costs the house. */
export const inUnit = (one: Pick<Instrument, 'unit' | 'face_fen'>, typed: number) => (inYuan(one) ? Math.round(typed * 100) : Math.round(typed))
export const costOf = (one: Pick<Instrument, 'unit' | 'face_fen'>, amount: number) => (one.unit === 'fen' ? amount : amount * one.face_fen)

/** What can still become something. */
export const underWay = (one: Pick<Grant, 'state'>) => one.state === 'waiting' || one.state === 'offered'

/** It may be given, and the customer has not heard of it in his conversation. */
export const untold = (one: Pick<Grant, 'state' | 'told' | 'conversation_id'>) => one.state === 'offered' && !one.told && !!one.conversation_id
