/** Addresses as people write and paste them, one or many, and who of them is new to a conversation. */
export interface Address { email: string; name: string }

/** What ends one address: also the Chinese marks, as an input method writes them. */
export const ENDS = /^[,;，；、]$/
const SEPARATORS = new Set([',', ';', '，', '；', '、', '\n', '\r', '\t'])
const LOCAL = /^[^\s@<>()[\]\\,;:"]{1,64}$/u
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u

/** Whether mail can be sent there: a local part, and a host of at least two labels. */
export function isAddress(email: string): boolean {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const labels = email.slice(at + 1).split('.')
  if (at < 1 || email.length > 254 || !LOCAL.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false
  return labels.length > 1 && labels.every((one) => LABEL.test(one)) && !/^\d+$/.test(labels[labels.length - 1])
}

/** Full-width letters and marks, as they come out of an input method, and spaces that no one sees. */
function tidy(text: string): string {
  return text.replace(/[\u200b-\u200d\u2060\ufeff]/g, '').replace(/\u00a0/g, ' ').replace(/[＠．＜＞]/g, (sign) => ({ '＠': '@', '．': '.', '＜': '<', '＞': '>' })[sign] ?? sign)
}

function parts(text: string): string[] {
  const found: string[] = []
  let now = ''
  let quoted = false
  let angled = false
  for (const sign of tidy(text)) {
    if (sign === '"') quoted = !quoted
    else if (!quoted && sign === '<') angled = true
    else if (!quoted && sign === '>') angled = false
    const line = sign === '\n' || sign === '\r'
    if (SEPARATORS.has(sign) && (line || !(quoted || angled))) {
      found.push(now)
      now = ''
      quoted = angled = false
    } else now += sign
  }
  return [...found, now].map((one) => one.trim()).filter(Boolean)
}

function read(part: string): Address[] {
  const named = /^(.*?)<\s*(?:mailto:)?([^<>]*?)\s*>$/isu.exec(part)
  if (named) return [{ email: named[2], name: named[1].trim().replace(/^["'“”‘’]+|["'“”‘’]+$/g, '').replace(/\\(["\\])/g, '$1').trim() }]
  const bare = part.replace(/^mailto:/i, '').replace(/\?.*$/, '')
  const words = bare.split(/\s+/)
  // Several beside each other with nothing but spaces between them.
  if (words.length > 1 && words.every((one) => one.includes('@'))) return words.map((email) => ({ email, name: '' }))
  const last = words.at(-1) ?? ''
  if (words.length > 1 && isAddress(last) && !words.slice(0, -1).join('').includes('@')) return [{ email: last, name: words.slice(0, -1).join(' ') }]
  return [{ email: bare, name: '' }]
}

/** The addresses of a text in their order, also those that are none yet: nothing that was typed is thrown away. */
export function readAddresses(text: string): Address[] {
  return parts(text).flatMap(read)
}

export const same = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

/** `more` behind `some`, each address once. */
export function joined(some: readonly Address[], more: readonly Address[]): Address[] {
  const kept = [...some]
  for (const one of more) if (!kept.some((other) => same(other.email, one.email))) kept.push(one)
  return kept
}

/** Who of them has not been part of it. */
export function newcomers(all: readonly Address[], known: readonly string[]): Address[] {
  return joined([], all).filter((one) => !known.some((other) => same(other, one.email)))
}

export const written = (one: Address): string => (one.name ? `${one.name} <${one.email}>` : one.email)
