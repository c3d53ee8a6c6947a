/** Cut texts into pieces for display; the pieces are shown as text, never as HTML. */
export interface Marked { text: string; on: boolean }

/** Mark ranges of a text and start shortly before the first. Counts: UTF-16 units. */
export function highlighted(text: string, ranges: readonly (readonly [number, number])[]): Marked[] {
  if (!ranges?.length) return [{ text, on: false }]
  const start = Math.max(0, ranges[0][0] - 16)
  const out: Marked[] = []
  let at = start
  for (const [from, to] of ranges) {
    if (from < at) continue
    if (from > at) out.push({ text: (at === start && start > 0 ? '…' : '') + text.slice(at, from), on: false })
    out.push({ text: text.slice(from, to), on: true })
    at = to
  }
  if (at < text.length) out.push({ text: text.slice(at), on: false })
  return out
}

export interface Piece { text: string; kind: 'plain' | 'link' | 'mention' }
const LINK = /https?:\/\/[^\s<>"'，。；！？、（）「」]+[^\s<>"'，。；！？、（）「」.,;:!?)]/g

/** Find links, and @names when names are given. */
export function pieces(text: string, names: readonly string[] = []): Piece[] {
  const out: Piece[] = []
  let at = 0
  for (const found of text.matchAll(LINK)) {
    if (found.index > at) out.push(...mentions(text.slice(at, found.index), names))
    out.push({ text: found[0], kind: 'link' })
    at = found.index + found[0].length
  }
  if (at < text.length) out.push(...mentions(text.slice(at), names))
  return out
}

function mentions(text: string, names: readonly string[]): Piece[] {
  const wanted = names.filter(Boolean).map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const finder = wanted.length ? new RegExp(`@(?:${wanted.join('|')})`, 'g') : /@[\p{Script=Han}A-Za-z]{2,12}(?=\s|$)/gu
  const out: Piece[] = []
  let at = 0
  for (const found of text.matchAll(finder)) {
    if (found.index > at) out.push({ text: text.slice(at, found.index), kind: 'plain' })
    out.push({ text: found[0], kind: 'mention' })
    at = found.index + found[0].length
  }
  if (at < text.length) out.push({ text: text.slice(at), kind: 'plain' })
  return out
}
