/** Words: flat keys "context.key" in ICU form, one file per context and language, loaded when a route needs them. */
import { createI18n, type I18n } from 'vue-i18n'
import { parse, write, type Piece } from './icu'

export type Language = 'zh-CN' | 'en'
export const languages: Language[] = ['zh-CN', 'en']

const files = import.meta.glob<Record<string, string>>(
  ['../ui/words.*.json', './words.*.json', './*/words.*.json', '../contexts/*/words.*.json', '../contexts/*/*/words.*.json'], { import: 'default' },
)

const parsed = new Map<string, Piece[]>()
const messageCompiler = ((message: unknown, { locale }: { locale: string }) => {
  const text = String(message)
  const pieces = parsed.get(text) ?? parse(text)
  parsed.set(text, pieces)
  return ({ values }: { values?: Record<string, unknown> }) => write(pieces, values ?? {}, locale)
}) as never

export const i18n = createI18n({
  legacy: false,
  globalInjection: true,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: { 'zh-CN': {}, en: {} },
  messageResolver: (messages, path) => ((messages as Record<string, unknown>)[path] ?? null) as never,
  messageCompiler,
}) as unknown as I18n<Record<string, never>, Record<string, never>, Record<string, never>, string, false>

// A step through the list asks for a hundred words without values; each is looked up once for a language.
const known: Record<Language, Map<string, string>> = { 'zh-CN': new Map(), en: new Map() }
const { t: look } = i18n.global
i18n.global.t = ((key: string, ...values: [number]) => {
  if (values.length) return look(key, ...values)
  const words = known[currentLanguage()]
  const word = words.get(key) ?? look(key)
  // What is not loaded yet may come.
  if (word !== key) words.set(key, word)
  return word
}) as typeof look

const loaded = new Set<string>()
const wanted = new Set<string>(['ui', 'app'])

/** Load the words of these contexts in the language of the desk. */
export async function needWords(...contexts: string[]): Promise<void> {
  for (const one of contexts) wanted.add(one)
  await fill(i18n.global.locale.value as Language, contexts)
}

const KEY = 'peakend.language'

/** Show the desk in another language; every open screen changes with it, and the sign-in page of next time. */
export async function useLanguage(language: Language): Promise<void> {
  await fill(language, [...wanted])
  i18n.global.locale.value = language
  document.documentElement.lang = language
  try { localStorage.setItem(KEY, language) } catch { /* this browser keeps nothing */ }
}

/** The language before anybody has signed in: the one used here last, or what the browser asks for. */
export function firstLanguage(asked: readonly string[] = navigator.languages): Language {
  let kept: string | null = null
  try { kept = localStorage.getItem(KEY) } catch { /* this browser keeps nothing */ }
  const first = asked.find((one) => /^(zh|en)\b/.test(one)) ?? (asked.length ? 'en' : 'zh-CN')
  return languages.find((one) => one === kept) ?? (first.startsWith('zh') ? 'zh-CN' : 'en')
}

export function currentLanguage(): Language {
  return i18n.global.locale.value as Language
}

async function fill(language: Language, contexts: string[]): Promise<void> {
  const missing = contexts.filter((one) => !loaded.has(`${one}.${language}`))
  await Promise.all(missing.map(async (one) => {
    const folder = one === 'ui' ? '../ui' : one === 'app' ? '.' : one.startsWith('app/') ? `.${one.slice(3)}` : `../contexts/${one}`
    const load = files[`${folder}/words.${language}.json`]
    if (!load) return
    i18n.global.mergeLocaleMessage(language, await load() as never)
    // What did not come is asked for again: without its words a page would show their keys.
    loaded.add(`${one}.${language}`)
  }))
}
