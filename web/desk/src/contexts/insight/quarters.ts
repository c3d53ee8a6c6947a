/** Quarters of an hour as a time line has them: those without work, too, between the first and the last. */
export interface Quarter { at: string; value?: number | null; n: number }

const STEP_MS = 15 * 60_000

export function everyQuarter(known: readonly Quarter[]): Quarter[] {
  const worked = known.filter((one) => one.n > 0)
  if (!worked.length) return []
  const by = new Map(worked.map((one) => [Date.parse(one.at), one]))
  const times = [...by.keys()]
  const first = Math.min(...times)
  const many = Math.min(96, Math.round((Math.max(...times) - first) / STEP_MS) + 1)
  return Array.from({ length: many }, (_, n) => by.get(first + n * STEP_MS) ?? { at: new Date(first + n * STEP_MS).toISOString(), value: null, n: 0 })
}
