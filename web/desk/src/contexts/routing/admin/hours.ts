/** Business hours as a form edits them: what is wrong with them, and whether they are open at a moment. Pure. */
export type Span = [from: string, to: string]
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof days)[number]
export interface Holiday { on: string; name: string; intervals: Span[] }
export interface Hours { id?: string; name: string; time_zone: string; week: Record<Day, Span[]>; holidays: Holiday[]; version?: number }

const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
const isTime = (text: string) => /^([01]\d|2[0-4]):[0-5]\d$/.test(text) && minutes(text) <= 1440

/** What is wrong with the intervals of a day, as the end of a wording key; null when right. */
export function spansFault(spans: Span[]): 'not_times' | 'backwards' | 'overlap' | null {
  if (spans.some(([from, to]) => !isTime(from) || !isTime(to))) return 'not_times'
  if (spans.some(([from, to]) => minutes(from) >= minutes(to))) return 'backwards'
  const sorted = sortedSpans(spans)
  return sorted.some(([from], at) => at > 0 && minutes(from) < minutes(sorted[at - 1][1])) ? 'overlap' : null
}

export function sortedSpans(spans: Span[]): Span[] {
  return [...spans].sort((one, other) => minutes(one[0]) - minutes(other[0]))
}

/** The date and minute that a clock on the wall of a time zone shows. */
export function wall(at: Date, zone: string): { date: string; minute: number } {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '00'
  return { date: `${part('year')}-${part('month')}-${part('day')}`, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}

export function dayOf(date: string): Day {
  return days[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]
}

function spansOn(hours: Hours, date: string): Span[] {
  const holiday = hours.holidays.find((one) => one.on === date)
  return sortedSpans(holiday ? holiday.intervals : hours.week[dayOf(date)] ?? [])
}

/** Whether it is open, until when, and when it opens next. Null dates: never within 400 days. */
export function openState(hours: Hours, at: Date): { open: boolean; until: string | null; next: { date: string; time: string } | null } {
  const { date, minute } = wall(at, hours.time_zone)
  const now = spansOn(hours, date).find(([from, to]) => minutes(from) <= minute && minute < minutes(to))
  if (now) return { open: true, until: now[1], next: null }
  for (let ahead = 0; ahead < 400; ahead++) {
    const on = new Date(Date.parse(`${date}T00:00:00Z`) + ahead * 86_400_000).toISOString().slice(0, 10)
    const next = spansOn(hours, on).find(([from]) => ahead > 0 || minutes(from) > minute)
    if (next) return { open: false, until: null, next: { date: on, time: next[0] } }
  }
  return { open: false, until: null, next: null }
}

export function emptyWeek(): Record<Day, Span[]> {
  const workday = (): Span[] => [['09:00', '12:00'], ['13:30', '18:00']]
  return { mon: workday(), tue: workday(), wed: workday(), thu: workday(), fri: workday(), sat: [], sun: [] }
}
