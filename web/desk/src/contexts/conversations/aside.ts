/** When what is put aside comes back, in the organisation's own time; and the colours of urgency. */
import type { Priority } from '@/api/types'
import { serverNow } from '@/app/clock'
import { i18n } from '@/app/i18n'
import { useSession } from '@/app/session'
import type { Tone } from '@/ui/kinds'

export const priorities: Priority[] = ['urgent', 'high', 'normal', 'low']
export const priorityTone: Record<Priority, Tone> = { urgent: 'danger', high: 'warning', normal: 'neutral', low: 'neutral' }

export const houseZone = () => useSession().me.value?.organisation.time_zone ?? 'Asia/Shanghai'

/** What a wall clock of a zone shows: "2026-11-23T09:00". */
export function wallClock(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at)
  const of = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`
}

/** "09:00" today, 明天 09:00, 11-23 09:00, or with the year where it is another one. */
export function comesBack(text: string, zone = houseZone(), now = serverNow()): string {
  const [day, clock] = wallClock(Date.parse(text), zone).split('T')
  const today = wallClock(now, zone)
  if (day === today.slice(0, 10)) return clock
  if (day === wallClock(now + 86_400_000, zone).slice(0, 10)) return i18n.global.t('conversations.tomorrow', { time: clock })
  return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${clock}`
}
