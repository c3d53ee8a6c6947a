/** What the pages of complaints share: shapes, codes, how amounts and clocks are said. */
import type { Shapes } from '@/api/types'
import { currentLanguage } from '@/app/i18n'
import type { Tone } from '@/ui/kinds'
import { money } from '@/ui/money'

export type Complaint = Shapes['Complaint']
export type ComplaintItem = Shapes['ComplaintItem']

export const TIERS = ['inquiry', 'business', 'ordinary', 'extreme'] as const
export const KINDS = ['attitude', 'outcome', 'timeliness'] as const
export const LIABILITIES = ['ours', 'partner', 'customer', 'nobody', 'unknown'] as const
export const FAULTS = ['unknown', 'product', 'workmanship', 'information', 'promise', 'late', 'attitude', 'billing', 'delivery', 'rule', 'safety', 'privacy', 'other'] as const
export const SOLUTIONS = ['explain', 'apologise', 'redo', 'repair', 'replace', 'refund', 'compensate', 'exception', 'other'] as const

/** Whether its clock runs. */
export const running = (state: string) => ['filed', 'examining', 'settling', 'offered'].includes(state)
export const yuan = (fen: number) => money(fen, currentLanguage())
export const caseNumber = (number: number) => `W-${number}`

/** An extreme complaint and one past its time call; everything else is grey. */
export const tierTone = (tier: ComplaintItem['tier']): Tone => (tier === 'extreme' ? 'danger' : 'neutral')
export const clockTone = (standing: ComplaintItem['standing']): Tone => (standing === 'overdue' ? 'danger' : standing === 'warned' ? 'warning' : 'neutral')

/** Why something was taken for a complaint, as a sentence each. */
export const reasonsOf = (why: Shapes['ComplaintsWhy'][], t: (key: string, values?: Record<string, unknown>) => string) =>
  why.map((one) => t(`complaints.list.why_${one.code}`, { n: one.count ?? 0 }) + (one.words.length ? t('complaints.list.why_words', { words: one.words.join(t('complaints.list.between')) }) : ''))
