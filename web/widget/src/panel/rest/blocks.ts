// The Markdown subset of digital answers: paragraphs, headings, lists of inline text.
import { inline, type Inline } from '../rich'

const ITEM = /^\s{0,3}(?:([-*•])|(\d{1,3})[.、)])\s+(.*)$/

export type Block =
  | { kind: 'p' | 'h'; lines: Inline[][] }
  | List

interface List {
  kind: 'ul' | 'ol'
  start: number
  items: Inline[][]
}

export function blocks(text: string): Block[] {
  const found: Block[] = []
  let list = null as List | null
  let lines = null as Inline[][] | null
  for (const line of text.slice(0, 20000).split(/\r?\n/)) {
    const item = ITEM.exec(line)
    const heading = /^#{1,4}\s+(.*)$/.exec(line)
    if (item) {
      const kind = item[1] ? 'ul' : 'ol'
      if (list?.kind !== kind) found.push((list = { kind, start: +(item[2] ?? 1), items: [] }))
      list.items.push(inline(item[3]!))
      lines = null
    } else if (heading) {
      found.push({ kind: 'h', lines: [inline(heading[1]!)] })
      list = lines = null
    } else if (!line.trim()) lines = null
    else {
      if (!lines) found.push({ kind: 'p', lines: (lines = []) })
      lines.push(inline(line))
      list = null
    }
  }
  return found
}
