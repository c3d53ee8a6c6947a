/** Write a duration as 0:47, 1:02 or 1:04:05. Units: seconds. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const tail = String(s).padStart(2, '0')
  return h ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`
}

/** Write a promised time in words of its own size: 30 sec, 4 hr, 1 min 30 sec. Units: seconds. */
export function spelled(seconds: number, language: string): string {
  const parts = [['day', Math.floor(seconds / 86400)], ['hour', Math.floor((seconds % 86400) / 3600)], ['minute', Math.floor((seconds % 3600) / 60)], ['second', Math.round(seconds % 60)]] as const
  return parts.filter(([, n]) => n > 0).map(([unit, n]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(n)).join(' ')
}
