/** Fields while they are being defined. */
import type { Field, FieldOption, Of } from '@/contexts/customers/profile/types'

export type { Field, FieldOption, Of }
export const kinds = ['text', 'number', 'date', 'choice', 'tree', 'flag', 'phone', 'email', 'link'] as const
export const classes = ['public', 'internal', 'personal', 'sensitive'] as const
export const masks = ['auto', 'ends', 'last4', 'first', 'all'] as const

export type Draft = Pick<Field, 'key' | 'kind' | 'label_zh' | 'label_en' | 'help_zh' | 'help_en' | 'privacy' | 'mask' | 'required' | 'options' | 'pattern' | 'least' | 'most' | 'seen_by' | 'changed_by'>
export const blank: Draft = { key: '', kind: 'text', label_zh: '', label_en: '', help_zh: '', help_en: '', privacy: 'internal', mask: 'auto', required: false, options: [], pattern: '', least: null, most: null, seen_by: null, changed_by: null }
export const draftOf = (field: Field): Draft => Object.fromEntries(Object.keys(blank).map((name) => [name, field[name as keyof Draft]])) as unknown as Draft

/** A key for programs, from the English words; what has none of them gets a number. */
export function keyFrom(words: string, taken: string[]): string {
  const plain = words.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 36) || 'field'
  let key = plain
  for (let at = 2; taken.includes(key); at++) key = `${plain}_${at}`
  return key
}

/** One line an option: two spaces deeper is below the line before; Chinese, then English after a bar. */
export function optionLines(options: FieldOption[]): string {
  const lines: string[] = []
  const walk = (parent: string | null, depth: number) => {
    for (const one of options.filter((o) => o.active && (o.parent ?? null) === parent)) {
      lines.push(`${'  '.repeat(depth)}${one.zh}${one.en && one.en !== one.zh ? ` | ${one.en}` : ''}`)
      walk(one.key, depth + 1)
    }
  }
  walk(null, 0)
  return lines.join('\n')
}

/** The options that lines say; who is called as before keeps its key, and what is gone is put aside by the server. */
export function optionsFrom(text: string, old: FieldOption[], tree: boolean): FieldOption[] {
  const out: FieldOption[] = []
  const above: { depth: number; key: string }[] = []
  const taken = old.map((one) => one.key)
  for (const line of text.split('\n').filter((one) => one.trim())) {
    const depth = tree ? Math.floor((/^\s*/.exec(line.replace(/\t/g, '  '))?.[0].length ?? 0) / 2) : 0
    while (above.length && (above.at(-1)?.depth ?? 0) >= depth) above.pop()
    const parent = above.at(-1)?.key ?? null
    const [zh, en] = line.split(/[|｜]/).map((one) => one.trim().slice(0, 60))
    const known = old.find((one) => one.zh === zh && (one.parent ?? null) === parent) ?? old.find((one) => one.zh === zh && !out.some((o) => o.key === one.key))
    const key = known?.key ?? keyFrom(en || 'option', [...taken, ...out.map((one) => one.key)])
    if (out.some((one) => one.key === key)) continue
    out.push({ key, zh, en: en || known?.en || zh, parent, active: true })
    above.push({ depth, key })
  }
  return out
}
