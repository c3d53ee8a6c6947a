/** Dates as the design language writes them: 14:52 / 昨天 / 11-21 in lists, 2026-11-21 14:52 in tables. */
import { i18n } from './i18n'

const pad = (n: number) => String(n).padStart(2, '0')
const day = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()

export function clockTime(text: string): string {
  const at = new Date(text)
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`
}

export function fullTime(text: string): string {
  const at = new Date(text)
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${clockTime(text)}`
}

function daysAgo(at: Date): number {
  return Math.round((day(new Date()) - day(at)) / 86_400_000)
}

export function listTime(text: string): string {
  const at = new Date(text)
  const ago = daysAgo(at)
  if (ago === 0) return clockTime(text)
  if (ago === 1) return i18n.global.t('app.yesterday')
  return at.getFullYear() === new Date().getFullYear()
    ? `${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
    : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}

export function dayName(text: string): string {
  const at = new Date(text)
  const ago = daysAgo(at)
  if (ago === 0) return i18n.global.t('app.today')
  if (ago === 1) return i18n.global.t('app.yesterday')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}

export function sameDay(one: string, other: string): boolean {
  return day(new Date(one)) === day(new Date(other))
}

export function fileSize(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
