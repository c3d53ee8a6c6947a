import { describe, expect, it } from 'vitest'
import { parse, type Piece } from '@/app/icu'

const files = import.meta.glob<Record<string, string>>('../src/**/words.*.json', { eager: true, import: 'default' })
const sources = import.meta.glob<string>('../src/**/*.{vue,ts}', { eager: true, query: '?raw', import: 'default' })
const pairs = Object.keys(files).filter((path) => path.endsWith('zh-CN.json')).map((path) => [path, path.replace('zh-CN', 'en')])
const every = new Set(Object.values(files).flatMap((words) => Object.keys(words)))

function names(pieces: Piece[]): string[] {
  return pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name, ...Object.values(piece.cases).flatMap(names)]))
}

describe.each(pairs)('%s', (zhPath, enPath) => {
  const zh = files[zhPath]
  const en = files[enPath]
  it('has the same keys in both languages', () => expect(Object.keys(en ?? {}).sort()).toEqual(Object.keys(zh).sort()))
  it('has messages that can be read, with the same names in them', () => {
    for (const [key, text] of Object.entries(zh)) {
      expect.soft(new Set(names(parse(en[key]))), key).toEqual(new Set(names(parse(text))))
    }
  })
  it('uses full-width marks between Han characters', () => {
    for (const [key, text] of Object.entries(zh)) expect.soft(text, key).not.toMatch(/\p{Script=Han}[,:;?!(]|[,:;?!]\p{Script=Han}/u)
  })
})

it('has words for every key that stands in the sources', () => {
  const contexts = new Set([...every].map((key) => key.split('.')[0]))
  const missing = new Set<string>()
  for (const [path, text] of Object.entries(sources)) {
    if (path.includes('.test.')) continue
    for (const [, key] of text.matchAll(/\bt\(\s*'([a-z]+\.[A-Za-z_.]+)'/g)) {
      if (contexts.has(key.split('.')[0]) && !every.has(key)) missing.add(`${path} ${key}`)
    }
  }
  expect([...missing]).toEqual([])
})

it('joins names with the mark of the language', () => {
  const joined = Object.entries(sources).filter(([path, text]) => !path.includes('.test.') && /\.join\('(, |、|，)'\)/.test(text)).map(([path]) => path)
  expect(joined).toEqual([])
})
