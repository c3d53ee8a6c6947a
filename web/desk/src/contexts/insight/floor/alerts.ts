/** How an alert is said: its value and threshold with their units. */
import type { Shapes } from '@/api/types'
import { i18n } from '@/app/i18n'
import { duration } from '@/ui/duration'
import { percent } from '../useWallboard'

export type Alert = Shapes['Alert']
export type AlertRule = Shapes['AlertRuleRow']
export const MEASURES = ['waiting', 'longest_s', 'service_level', 'abandonment', 'agents_ready', 'service_level_high'] as const
export const isShare = (measure: string) => ['service_level', 'service_level_high', 'abandonment'].includes(measure)
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

export function said(measure: string, value: number): string {
  if (isShare(measure)) return percent(value)
  return measure === 'longest_s' ? duration(Math.round(value)) : String(Math.round(value))
}
export const textOf = (alert: { measure: string; value: number; threshold: number }) => t(`insight.alerts.${alert.measure}`, { value: said(alert.measure, alert.value), threshold: said(alert.measure, alert.threshold) })
export const placeOf = (alert: Pick<Alert, 'queue_name'>) => alert.queue_name ?? t('insight.alerts.whole_floor')
