/** A new alert is told to supervisors wherever they are on the desk; the page of the floor shows it by itself. */
import { api } from '@/api/client'
import { i18n, needWords } from '@/app/i18n'
import { onFacts } from '@/app/live'
import { notice } from '@/app/notices'
import { may } from '@/app/session'
import { toast } from '@/ui/toast'
import type { Alert } from './alerts'

export async function followAlerts(go: (path: string) => void): Promise<() => void> {
  if (!may('insight.wallboard')) return () => undefined
  return onFacts((frame) => {
    const raised = frame.facts.filter((fact) => fact.type === 'AlertRaised')
    if (raised.length) void tell(new Set(raised.map((fact) => String(fact.payload.alert_id))), go).catch(() => undefined)
  })
}

async function tell(ids: Set<string>, go: (path: string) => void): Promise<void> {
  // How an alert is said comes with the first alert, not with the first page.
  const [{ placeOf, textOf }] = await Promise.all([import('./alerts'), needWords('insight/floor')])
  const open = await api.get<Alert[]>('/alerts').catch(() => [])
  const show = () => go('/desk/floor')
  for (const one of open.filter((alert) => ids.has(alert.id))) {
    const text = i18n.global.t('insight.alerts.heard', { place: placeOf(one), text: textOf(one) })
    notice(text, '', one.id, show)
    if (!document.querySelector('[data-alerts]')) toast({ text, tone: 'warning', stays_s: 30, action: { label: i18n.global.t('insight.alerts.show'), run: show } })
  }
}
