/** What the editor of a customer sends: only what was changed. */
import type { CustomerCard } from '@/api/types'

/** Preferences that are simply wanted or not, in the order of the editor. */
export const WISHES = ['large_type', 'voice', 'call', 'text_only', 'video', 'evening_visits', 'no_marketing'] as const
export interface DraftAttribute { key: string | null; label: string; value: string; hidden: boolean }
export interface Draft { name: string; language: string | null; wishes: Record<string, boolean>; attributes: DraftAttribute[] }
export interface Changes {
  name?: string
  preferences?: Record<string, string | boolean | null>
  attributes?: { key: string; value: string | null; label?: string; privacy?: 'internal' | 'personal' }[]
}

export function draftOf(card: CustomerCard): Draft {
  const { preferences } = card
  return {
    name: card.name,
    language: typeof preferences.language === 'string' ? preferences.language : null,
    wishes: Object.fromEntries(WISHES.map((key) => [key, preferences[key] === true])),
    attributes: card.attributes.filter((one) => !one.masked).map((one) => ({ key: one.key, label: one.label || one.key, value: one.value, hidden: false })),
  }
}

export function changesOf(card: CustomerCard, draft: Draft): Changes {
  const changes: Changes = {}
  // Whoever has no name is shown as a visitor: that is not one to keep.
  if (draft.name.trim() !== card.name) changes.name = draft.name.trim()
  const preferences: Changes['preferences'] = {}
  if (draft.language !== ((card.preferences.language as string | undefined) ?? null)) preferences.language = draft.language
  for (const key of WISHES) if (draft.wishes[key] !== (card.preferences[key] === true)) preferences[key] = draft.wishes[key] || null
  if (Object.keys(preferences).length) changes.preferences = preferences
  const taken = new Set(card.attributes.map((one) => one.key))
  const attributes: NonNullable<Changes['attributes']> = []
  for (const one of draft.attributes) {
    const value = one.value.trim()
    const label = one.label.trim()
    if (one.key) {
      if (value !== card.attributes.find((old) => old.key === one.key)?.value) attributes.push({ key: one.key, value: value || null })
    } else if (value && label) {
      const key = freeKey(taken)
      taken.add(key)
      attributes.push({ key, value, label, privacy: one.hidden ? 'personal' : 'internal' })
    }
  }
  if (attributes.length) changes.attributes = attributes
  return changes
}

/** Labels are in any language; keys are plain, so those made here are counted. */
function freeKey(taken: ReadonlySet<string>): string {
  let n = 1
  while (taken.has(`own_${n}`)) n += 1
  return `own_${n}`
}
