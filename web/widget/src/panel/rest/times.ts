// Times as people say them.
import { t } from '../words'

const two = (n: number) => String(n).padStart(2, '0')

export function clockTime(at: string | number): string {
  const when = new Date(at)
  return `${two(when.getHours())}:${two(when.getMinutes())}`
}

/** 今天 14:52, 明天 08:30, 11 月 24 日 08:30. */
export function dayTime(at: string | number, now = Date.now()): string {
  const when = new Date(at)
  const midnight = (time: Date) => new Date(time.getFullYear(), time.getMonth(), time.getDate())
  const days = Math.round((+midnight(when) - +midnight(new Date(now))) / 864e5)
  const near = days === 0 ? 'today' : days === 1 ? 'tomorrow' : days === -1 ? 'yesterday' : null
  const time = clockTime(at)
  return near
    ? t(near, { time })
    : t('day', { m: when.getMonth() + 1, d: when.getDate(), time })
}

/** The honest range of a waiting time in words; seconds in. */
export function waitRange(lowS: number | null, highS: number | null): string {
  if (highS == null) return t('waiting.unknown')
  if (highS <= 60) return t('waiting.short')
  const low = Math.max(1, Math.floor((lowS ?? 0) / 60))
  const high = Math.ceil(highS / 60)
  return low === high ? t('waiting.one', { high }) : t('waiting.range', { low, high })
}
