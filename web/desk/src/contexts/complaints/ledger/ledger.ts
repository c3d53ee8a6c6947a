/** Books and budgets: their shapes, months, and how amounts are worded. */
import type { Shapes } from '@/api/types'
import { currentLanguage } from '@/app/i18n'
import { fullTime } from '@/app/dates'
import { money } from '@/ui/money'

export type BookLine = Shapes['LedgerShown']
export type Budget = Shapes['BudgetView']
export type GrantFile = Shapes['GrantFile']
export type Grant = Shapes['GrantView']

export const KINDS = ['budget', 'reserved', 'outstanding', 'spent', 'returned'] as const
export const named = (one: { name_zh: string; name_en: string }) => (currentLanguage() === 'en' ? one.name_en || one.name_zh : one.name_zh)
export const cash = (fen: number | null | undefined, currency = 'CNY') => money(fen, currentLanguage(), currency)

/** The month of the house in which a moment lies, as YYYY-MM. */
export const monthNow = () => fullTime(new Date().toISOString()).slice(0, 7)

/** So many months up to one and some after it, the newest first. */
export function months(now: string, back: number, on = 0): string[] {
  const [year = 2000, month = 1] = now.split('-').map(Number)
  return Array.from({ length: back + on + 1 }, (_, n) => {
    const at = year * 12 + (month - 1) + on - n
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  })
}

/** How much of a budget is used, as a share; none where there is no budget. */
export const shareOf = (one: Pick<Budget, 'amount_fen' | 'used_fen'>) => (one.amount_fen ? one.used_fen / one.amount_fen : null)

/** Red is over the budget, amber is on the way there. */
export function toneOf(one: Pick<Budget, 'amount_fen' | 'used_fen' | 'forecast_fen'>): 'danger' | 'warning' | 'calm' | 'neutral' {
  if (one.amount_fen === null) return 'neutral'
  if (one.used_fen > one.amount_fen) return 'danger'
  return one.forecast_fen > one.amount_fen ? 'warning' : 'calm'
}

/** How much of what somebody gets. */
export function amountOf(one: Pick<Grant, 'unit' | 'amount' | 'cost_fen' | 'currency' | 'name_zh' | 'name_en'>): string {
  const name = named(one)
  if (one.unit === 'points') return `${new Intl.NumberFormat(currentLanguage()).format(one.amount)} ${name}`
  if (one.unit === 'fen' || one.amount === one.cost_fen) return `${name} ${cash(one.cost_fen, one.currency)}`
  return one.amount === 1 ? name : `${name} × ${one.amount}`
}
