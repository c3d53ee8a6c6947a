/** Two cards side by side: where they differ, which one goes on, and what is taken from the other. */
import type { CustomerCard } from '@/api/types'

export interface Difference { key: string; field: string; label: string | null; values: [string, string] }
type Sides = [CustomerCard, CustomerCard]

/** Who goes on: whom somebody vouched for, then who has been here longer. */
export function likelySurvivor([one, other]: Sides): CustomerCard {
  if (one.verified !== other.verified) return one.verified ? one : other
  return other.since < one.since ? other : one
}

/** What both know and know differently; what only one of them knows is kept without asking. */
export function differences([one, other]: Sides): Difference[] {
  const found: Difference[] = []
  const add = (key: string, field: string, label: string | null, values: [string, string]) => { if (values[0] !== values[1]) found.push({ key, field, label, values }) }
  add('name', 'name', null, [one.name, other.name])
  add('tier', 'tier', null, [one.tier, other.tier])
  add('language', 'language', null, [one.language, other.language])
  for (const mine of one.attributes) {
    const theirs = other.attributes.find((each) => each.key === mine.key)
    if (theirs) add(`attribute:${mine.key}`, mine.key, mine.label || mine.key, [mine.value, theirs.value])
  }
  for (const key of Object.keys(one.preferences)) {
    if (key in other.preferences) add(`preference:${key}`, key, null, [String(one.preferences[key]), String(other.preferences[key])])
  }
  return found
}

/** What the server is told to take from the one that ends. */
export function taken(all: readonly Difference[], chosen: Readonly<Record<string, string>>, absorbed: string): string[] {
  return all.filter((one) => chosen[one.key] === absorbed).map((one) => one.key)
}

/** Whether something proves that they are one: an identity of both that somebody vouched for. */
export function proved(likenesses: readonly { verified: boolean }[]): boolean {
  return likenesses.some((one) => one.verified)
}
