/** How a reply sounds, decided as `assist/rules/wording.py` does; both are held to tests/assist/wording_cases.json. */
import type { Shapes } from '@/api/types'

export type Rules = Omit<Shapes['WordingRulesShown'], 'version'>
export type Kind = keyof Rules
export type Level = Rules[Kind]['level']
export interface Finding { kind: Kind; level: Level; start: number; end: number; better: string | null }

export const kinds: Kind[] = ['danger', 'blame', 'not_mine', 'jargon', 'vague', 'honorific', 'greeting', 'punctuation']
export const listed: Kind[] = ['danger', 'blame', 'not_mine', 'jargon', 'vague']
const NOT = /(?:不要|不能|不可|不得|不是|并非|并不|千万|切勿|请勿|禁止|严禁|绝不|别|勿|never|not|n't|avoid)[\s\u4e00-\u9fffa-z]{0,6}$/
const QUOTED = /「[^」]*」|“[^”]*”|"[^"]*"/g
const GREETED = /^.{0,12}?(?:您好|你好|早上好|上午好|中午好|下午好|晚上好|早安|\b(?:hello|hi|hey|good (?:morning|afternoon|evening)|dear|welcome)\b)/
const HALF = /(?<=[\u4e00-\u9fff])[,;:?!](?!\/\/)|(?<=[\u4e00-\u9fff])\.(?=\s|$|[\u4e00-\u9fff])/g
const FULL: Record<string, string> = { ',': '，', ';': '；', ':': '：', '?': '？', '!': '！', '.': '。' }
const IN_CHINESE = /[\u4e00-\u9fff]/g
const IN_JAPANESE = /[\u3040-\u30ff]/g
/** Words that other languages in Latin letters do not have. */
const IN_ENGLISH = /\b(?:the|your?|please|this|that|our|with|and|it)\b/
const GAP = '[^。！？.!?\\n]{0,8}?'

interface Term { pattern: RegExp; better: string | null }
const compiled = new WeakMap<object, Term[]>()

const plainOf = (text: string) => {
  const small = text.toLowerCase()
  return (small.length === text.length ? small : text).replaceAll('你', '您')
}
const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

function terms(rule: Rules[Kind]): Term[] {
  const known = compiled.get(rule)
  if (known) return known
  const made: Term[] = []
  for (const [list, english] of [[rule.zh, false], [rule.en, true]] as const) {
    for (const term of list ?? []) {
      const [say, better = ''] = term.split(/→(.*)/s)
      if (!say.replace(/[ …]/g, '')) continue
      const plain = plainOf(say.trim())
      const body = plain.split('…').filter(Boolean).map(escaped).join(GAP)
      // eslint-disable-next-line no-control-regex
      const edged = english || /^[\x00-\x7f]*$/.test(plain)
      made.push({ pattern: new RegExp(edged ? `(?<![a-z0-9])${body}(?![a-z0-9])` : body, 'g'), better: better.trim() || null })
    }
  }
  compiled.set(rule, made)
  return made
}

/** What may be better, the strictest first; `first` says that nobody of the house has written before. */
export function findings(text: string, rules: Rules, first = false): Finding[] {
  const quoted = [...text.matchAll(QUOTED)].map((one) => [one.index, one.index + one[0].length] as const)
  const within = (at: number) => quoted.some(([start, end]) => start < at && at < end)
  const plain = plainOf(text)
  const found: Finding[] = []
  for (const kind of listed) {
    const rule = rules[kind]
    if (rule.level === 'off') continue
    const own: Finding[] = []
    for (const { pattern, better } of terms(rule)) {
      for (const match of plain.matchAll(pattern)) {
        const [start, end] = [match.index, match.index + match[0].length]
        if (within(start) || own.some((one) => one.start < end && start < one.end)) continue
        if ((kind === 'danger' || kind === 'blame') && NOT.test(plain.slice(Math.max(0, start - 12), start))) continue
        own.push({ kind, level: rule.level, start, end, better })
      }
    }
    found.push(...own)
  }
  // Japanese has Han characters, too, and is looked at as little as German.
  const chinese = (text.match(IN_CHINESE)?.length ?? 0) > 3 * (text.match(IN_JAPANESE)?.length ?? 0)
  if (chinese && rules.honorific.level !== 'off') {
    for (const match of text.matchAll(/你(?!们)/g)) if (!within(match.index)) found.push({ kind: 'honorific', level: rules.honorific.level, start: match.index, end: match.index + 1, better: '您' })
  }
  const said = text.trim().toLowerCase()
  if (first && (chinese || IN_ENGLISH.test(said)) && rules.greeting.level !== 'off' && !GREETED.test(said)) found.push({ kind: 'greeting', level: rules.greeting.level, start: 0, end: 0, better: chinese ? '您好，' : 'Hello, ' })
  if (chinese && rules.punctuation.level !== 'off') {
    for (const match of text.matchAll(HALF)) found.push({ kind: 'punctuation', level: rules.punctuation.level, start: match.index, end: match.index + 1, better: FULL[match[0]] })
  }
  const strict: Record<Level, number> = { block: 0, ask: 1, hint: 2, off: 3 }
  return found.sort((one, other) => strict[one.level] - strict[other.level] || kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || one.start - other.start)
}

/** A text with one finding put right; all of the same small kind go together. */
export function corrected(text: string, one: Finding, all: Finding[]): string {
  const some = ['honorific', 'punctuation'].includes(one.kind) ? all.filter((other) => other.kind === one.kind) : [one]
  return some.sort((a, b) => b.start - a.start).reduce((kept, { start, end, better }) => kept.slice(0, start) + (better ?? '') + kept.slice(end), text)
}
