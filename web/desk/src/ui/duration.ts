/** Write a duration as 0:47, 1:02 or 1:04:05. Units: seconds. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Math.abs(seconds)))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  const tail = String(s).padStart(2, '0')
  return h ? `${h}:${String(m).padStart(2, '0')}:${tail}` : `${m}:${tail}`
}
