/** Days as "2026-11-21": taken as people write them, never as the browser's own language would. */

const SPELLED = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$|^(\d{4})(\d\d)(\d\d)$/

/** The day that a text names, or null where it names none. */
export function toDay(text: string): string | null {
  const found = SPELLED.exec(text.trim())
  if (!found) return null
  const [year, month, day] = (found[1] ? found.slice(1, 4) : found.slice(4)).map(Number) as [number, number, number]
  const at = new Date(Date.UTC(year, month - 1, day))
  const there = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day
  return there ? at.toISOString().slice(0, 10) : null
}
