/** Steps as the case's page draws them. */
import type { Shapes } from '@/api/types'

export type Step = Shapes['CaseStep']

/** Rows of steps: each stands below all that it comes after; what may go on at once stands side by side. */
export function layers<T extends { id: string; before: string[] }>(steps: T[]): T[][] {
  const depth = new Map<string, number>()
  const rows: T[][] = []
  let rest = steps
  while (rest.length) {
    const now = rest.filter((one) => one.before.every((id) => depth.has(id) || !steps.some((other) => other.id === id)))
    // What waits for itself is drawn all the same.
    const row = now.length ? now : rest
    for (const one of row) depth.set(one.id, rows.length)
    rows.push(row)
    rest = rest.filter((one) => !row.includes(one))
  }
  return rows
}
