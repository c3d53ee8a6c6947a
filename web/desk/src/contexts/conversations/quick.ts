/** What `/` brings: canned replies, and what contexts above offer beside them (macros). */
import { computed, onUnmounted, shallowReactive } from 'vue'
import type { RichContent, StoredFile } from '@/api/types'
import { matches } from '@/ui/match'

export interface Quick {
  id: string
  shortcut: string
  title: string
  /** What is shown below the title, and put into the composer where there is nothing to `run`. */
  text: string
  /** Pinyin and initials of the title, as the server writes them. */
  typed: string
  language: string
  /** What goes with the text, and its pictures. */
  card?: RichContent | null
  pictures?: StoredFile[]
  run?: () => void
}

const sources = shallowReactive(new Set<() => Quick[]>())
export const offered = computed(() => [...sources].flatMap((source) => source()))

/** Offer something behind `/` while this component lives. */
export function offerQuick(source: () => Quick[]): void {
  sources.add(source)
  onUnmounted(() => sources.delete(source))
}

/** How well a query finds one: by its shortcut, pinyin or words; 0 is not at all. */
export function fit(query: string, one: Quick): number {
  const wanted = query.trim().toLowerCase()
  if (!wanted) return 1
  if (one.shortcut.toLowerCase().startsWith(wanted)) return 6
  if (one.typed.split(' ').some((way) => way.startsWith(wanted))) return 5
  if (one.title.toLowerCase().includes(wanted)) return 4
  if (matches(wanted, one.title, one.typed)) return 3
  if (one.text.toLowerCase().includes(wanted)) return 2
  return matches(wanted, one.text) ? 1 : 0
}

/** The ones that a query finds, the best first; the language of the conversation decides between equals. */
export function ranked(query: string, all: Quick[], language: string): Quick[] {
  return all
    .map((one) => ({ one, score: fit(query, one) * 2 + (one.language === language ? 1 : 0) }))
    .filter(({ score }) => score > 1)
    .sort((a, b) => b.score - a.score || a.one.shortcut.localeCompare(b.one.shortcut) || a.one.title.localeCompare(b.one.title))
    .map(({ one }) => one).slice(0, 30)
}
