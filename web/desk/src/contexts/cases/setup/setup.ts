/** Templates of steps as they are being written: what comes after what, how long that takes, and keys nobody has to think of. */
import type { Shapes } from '@/api/types'

export type Step = Required<Shapes['TemplateStep']>
export type Template = Shapes['Template']
export type Department = Shapes['Department']

export const MOST_STEPS = 30
export const WHO = ['department', 'owner', 'outsider'] as const
export const DUTIES = ['everybody', 'in_turn', 'present'] as const

/** What a step lacks in the answer of the server is what it has by default. */
export function whole(step: Shapes['TemplateStep']): Step {
  return { ...step, after: [...(step.after ?? [])], checklist: (step.checklist ?? []).map((one) => ({ ...one })), department_id: step.department_id ?? null }
}

/** A step at the end that waits for the one before it. */
export function nextStep(steps: Step[], department_id: string | null): Step {
  const taken = new Set(steps.map((one) => one.key))
  let number = steps.length + 1
  while (taken.has(`step-${number}`)) number += 1
  const last = steps.at(-1)
  return { key: `step-${number}`, title_zh: '', title_en: '', words_zh: '', words_en: '', who: 'department', department_id, after: last ? [last.key] : [], due_minutes: 480, checklist: [], shows_customer: false }
}

/** The steps without one of them; what waited for it waits for what it waited for. */
export function without(steps: Step[], key: string): Step[] {
  const gone = steps.find((one) => one.key === key)
  if (!gone) return steps
  return steps.filter((one) => one !== gone).map((one) => (one.after.includes(key) ? { ...one, after: [...new Set(one.after.flatMap((other) => (other === key ? gone.after : [other])))] } : one))
}

/** Swap a step with its neighbour in the list; what waits for what stays as it is. */
export function moved<T>(list: T[], at: number, by: -1 | 1): T[] {
  const to = at + by
  if (to < 0 || to >= list.length) return list
  const out = [...list]
  out.splice(to, 0, ...out.splice(at, 1))
  return out
}

/** Steps by rounds: those of one round run side by side. `null`: they wait for each other in a circle. */
export function layers(steps: Step[]): Step[][] | null {
  const out: Step[][] = []
  const known = new Set(steps.map((one) => one.key))
  const over = new Set<string>()
  let left = steps
  while (left.length) {
    const ready = left.filter((one) => one.after.every((key) => over.has(key) || !known.has(key)))
    if (!ready.length) return null
    ready.forEach((one) => over.add(one.key))
    out.push(ready)
    left = left.filter((one) => !ready.includes(one))
  }
  return out
}

/** Minutes of business time from the first step to the last, when each takes all it has. */
export function longest(steps: Step[]): number {
  const ends = new Map<string, number>()
  for (const round of layers(steps) ?? []) {
    for (const one of round) ends.set(one.key, Math.max(0, ...one.after.map((key) => ends.get(key) ?? 0)) + one.due_minutes)
  }
  return Math.max(0, ...ends.values())
}

/** Which steps could come before this one: all but itself and those that wait for it. */
export function before(steps: Step[], key: string): Step[] {
  const waits = new Set([key])
  for (let grown = true; grown;) {
    grown = false
    for (const one of steps) if (!waits.has(one.key) && one.after.some((other) => waits.has(other))) { waits.add(one.key); grown = true }
  }
  return steps.filter((one) => !waits.has(one.key))
}

/** The paths of reasons, to be chosen from. */
export function reasonPaths(nodes: { id: string; parent_id: string | null; label: string; active?: boolean }[]) {
  const by = new Map(nodes.map((one) => [one.id, one]))
  const parents = new Set(nodes.map((one) => one.parent_id))
  const path = (id: string): string => { const one = by.get(id); return !one ? '' : one.parent_id ? `${path(one.parent_id)} / ${one.label}` : one.label }
  return nodes.filter((one) => !parents.has(one.id) && one.active !== false).map((one) => ({ value: one.id, label: path(one.id) }))
}

/** Business time is said in hours: a day of it is none of the calendar. */
export const workHours = (minutes: number, language: string): string => new Intl.NumberFormat(language, { style: 'unit', unit: minutes < 60 ? 'minute' : 'hour', unitDisplay: 'short', maximumFractionDigits: 1 }).format(minutes < 60 ? minutes : minutes / 60)

/** The name in the language of the desk; English may be left out. */
export const named = (one: { name_zh: string; name_en: string }, language: string): string => (language === 'en' && one.name_en) || one.name_zh
