// The panel's words in both languages; times as people say them.
import type first from './words.zh-CN.json'
import type rest from './rest/words.zh-CN.json'

export type Language = 'zh-CN' | 'en'
export type Key = keyof typeof first | keyof typeof rest
type Words = Partial<Record<Key, string>>

// Only the language that is spoken is loaded, and first only what is said first.
const load: Record<Language, (() => Promise<{ default: Words }>)[]> = {
  'zh-CN': [() => import('./words.zh-CN.json'), () => import('./rest/words.zh-CN.json')],
  en: [() => import('./words.en.json'), () => import('./rest/words.en.json')],
}

let words: Words
let parts = 1
export let language: Language = 'zh-CN'

export async function speak(wanted: Language): Promise<void> {
  const loaded = await Promise.all(load[wanted].slice(0, parts).map((part) => part()))
  words = Object.assign({}, ...loaded.map((part) => part.default))
  language = wanted
  document.documentElement.lang = wanted
}

export function addWords(): Promise<void> {
  parts = 2
  return speak(language)
}

export const languageOf = (tag: string | null | undefined): Language =>
  /^zh/i.test(tag ?? '') ? 'zh-CN' : 'en'

export function t(key: Key, params?: Record<string, string | number>): string {
  return (words[key] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => String(params?.[name] ?? ''))
}

/** The word of a key that may not exist. */
export const maybe = (key: string, params?: Record<string, string | number>): string | null =>
  key in words ? t(key as Key, params) : null
