/** What compensation does: its shapes, and how a measure is written. */
import { currentLanguage } from '@/app/i18n'
import type { Shapes } from '@/api/types'

export type SchemeEffect = Shapes['SchemeEffect']
export type Effect = Shapes['Effect']
export type Compared = Shapes['Compared']
export const MEASURES = ['repeat', 'complained', 'back', 'rating'] as const
export type Measure = (typeof MEASURES)[number]

/** Whether more of it is good. */
export const better = (measure: Measure): 'more' | 'less' => (measure === 'rating' || measure === 'back' ? 'more' : 'less')

/** A share or a rating as it is written; nothing counted is a dash. */
export function written(measure: Measure, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return measure === 'rating'
    ? new Intl.NumberFormat(currentLanguage(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)
    : new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: 1 }).format(value)
}

/** A difference with its sign: percentage points, or points of a rating. */
export function gapWritten(measure: Measure, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return new Intl.NumberFormat(currentLanguage(), { signDisplay: 'exceptZero', minimumFractionDigits: 0, maximumFractionDigits: measure === 'rating' ? 2 : 1 }).format(measure === 'rating' ? value : value * 100)
}

/** How a difference is to be read: good, bad, nothing to see, or nothing to say. */
export function reading(measure: Measure, one: Compared): 'good' | 'bad' | 'same' | 'too_few' | 'no_hold_out' {
  const { verdict } = one.gap
  return verdict === 'more' || verdict === 'less' ? (verdict === better(measure) ? 'good' : 'bad') : verdict
}

/** What one matter cost on a side. Units: fen, rounded. */
export const eachFen = (sum: number, count: number): number | null => (count ? Math.round(sum / count) : null)
