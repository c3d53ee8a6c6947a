/** Compiles the part of ICU MessageFormat that the words use: {name}, {n, plural, one {# day} other {# days}}, {x, select, …}. */
type Values = Record<string, unknown>
export type Piece = string | { name: string; kind: 'plural' | 'select' | 'plain'; cases: Record<string, Piece[]> }

const plurals = new Map<string, Intl.PluralRules>()
function plural(locale: string, n: number): string {
  if (!plurals.has(locale)) plurals.set(locale, new Intl.PluralRules(locale))
  return (plurals.get(locale) as Intl.PluralRules).select(n)
}

/** Parse one message. Errors: SyntaxError for braces that do not close. */
export function parse(text: string): Piece[] {
  let at = 0
  function pieces(inside: boolean): Piece[] {
    const out: Piece[] = []
    let plain = ''
    while (at < text.length) {
      const sign = text[at]
      if (sign === '}' && inside) break
      if (sign === '{') {
        if (plain) out.push(plain)
        plain = ''
        at++
        out.push(argument())
      } else {
        plain += sign
        at++
      }
    }
    if (plain) out.push(plain)
    return out
  }
  function until(signs: string): string {
    const from = at
    while (at < text.length && !signs.includes(text[at])) at++
    if (at >= text.length) throw new SyntaxError(text)
    return text.slice(from, at).trim()
  }
  function argument(): Piece {
    const name = until(',}')
    if (text[at++] === '}') return { name, kind: 'plain', cases: {} }
    const kind = until(',}') as 'plural' | 'select'
    at++
    const cases: Record<string, Piece[]> = {}
    for (;;) {
      const key = until('{}')
      if (text[at++] === '}') break
      cases[key] = pieces(true)
      at++
    }
    return { name, kind, cases }
  }
  return pieces(false)
}

export function write(pieces: Piece[], values: Values, locale: string, count?: number): string {
  let out = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      out += count === undefined ? piece : piece.replaceAll('#', String(count))
      continue
    }
    const value = values[piece.name]
    if (piece.kind === 'plain') out += String(value ?? '')
    else if (piece.kind === 'select') out += write(piece.cases[String(value)] ?? piece.cases.other ?? [], values, locale)
    else {
      const n = Number(value)
      out += write(piece.cases[`=${n}`] ?? piece.cases[plural(locale, n)] ?? piece.cases.other ?? [], values, locale, n)
    }
  }
  return out
}
