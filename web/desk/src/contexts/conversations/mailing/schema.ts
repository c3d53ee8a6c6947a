/** What a mail of ours may hold: words with emphasis, links, lists, quotes, tables, pictures, the signature. */
import { Node, type Extensions } from '@tiptap/core'
import Image from '@tiptap/extension-image'
import { TableKit } from '@tiptap/extension-table'
import type { Node as Doc } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import StarterKit from '@tiptap/starter-kit'

/** A picture is a file of ours; `wait` marks one that is still on its way up. */
const Picture = Image.extend({
  addAttributes() {
    return {
      src: { default: null },
      alt: { default: '' },
      width: { default: null },
      file: { default: null, parseHTML: (one) => one.getAttribute('data-file'), renderHTML: ({ file }) => (file ? { 'data-file': file } : {}) },
      wait: { default: null, parseHTML: () => null, renderHTML: ({ wait }) => (wait ? { 'data-wait': wait } : {}) },
    }
  },
})

/** The signature stands in the mail where one sees it, and is no word of the answer. */
const Signature = Node.create({
  name: 'signature',
  group: 'block',
  content: 'block+',
  isolating: true,
  defining: true,
  parseHTML: () => [{ tag: 'div[data-signature]' }],
  renderHTML: () => ['div', { 'data-signature': '' }, 0],
  // Below a table stands a line to go on in: what is written into the signature is no word of the answer.
  addProseMirrorPlugins: () => [new Plugin({
    appendTransaction: (_, __, { doc, tr, schema }) => {
      const last = doc.lastChild
      const above = doc.childCount > 1 ? doc.child(doc.childCount - 2) : null
      return last?.type.name === 'signature' && above?.type.name === 'table' ? tr.insert(doc.content.size - last.nodeSize, schema.nodes.paragraph.create()) : null
    },
  })],
})

export const extensions = (): Extensions => [
  StarterKit.configure({
    heading: false, code: false, codeBlock: false, horizontalRule: false, trailingNode: { notAfter: ['paragraph', 'signature'] },
    link: { openOnClick: false, autolink: true, linkOnPaste: true, defaultProtocol: 'https', HTMLAttributes: { target: null, rel: null, class: null } },
  }),
  Picture.configure({ inline: true }),
  TableKit.configure({ table: { resizable: false, HTMLAttributes: { style: null } } }),
  Signature,
]

/** The words alone, as they stand in the thread and in the plain form of the mail; `all` takes the signature along. */
export function plain(doc: Doc, all = false): string {
  return lines(doc, all).join('\n').replace(/[ \u00a0]+$/gm, '').replace(/\n{3,}/g, '\n\n').trim()
}

function lines(node: Doc, all: boolean): string[] {
  const found: string[] = []
  node.forEach((one, _, at) => {
    const { name } = one.type
    if (one.isTextblock) found.push(...inline(one).split('\n'))
    else if (name === 'signature') { if (all) found.push('', ...lines(one, all)) }
    else if (name === 'listItem') {
      const sign = node.type.name === 'orderedList' ? `${Number(node.attrs.start ?? 1) + at}. ` : '- '
      found.push(...lines(one, all).map((line, nth) => (nth ? ' '.repeat(sign.length) : sign) + line))
    } else if (name === 'blockquote') found.push(...lines(one, all).map((line) => `> ${line}`))
    else if (name === 'tableRow') found.push(cells(one, all))
    else found.push(...lines(one, all))
  })
  return found
}

function cells(row: Doc, all: boolean): string {
  const found: string[] = []
  row.forEach((cell) => found.push(lines(cell, all).join(' ').trim()))
  return found.join('\t')
}

function inline(block: Doc): string {
  let text = ''
  block.forEach((one, _, at) => {
    if (one.type.name === 'hardBreak') text += '\n'
    else if (one.isText) {
      text += one.text ?? ''
      const href = one.marks.find((mark) => mark.type.name === 'link')?.attrs.href as string | undefined
      const next = at + 1 < block.childCount ? block.child(at + 1) : null
      const goesOn = next?.marks.some((mark) => mark.type.name === 'link' && mark.attrs.href === href)
      // Where the words of a link do not say where it goes, the plain form says it behind them.
      if (href && !goesOn && !linked(block, at, href)) text += ` (${href})`
    }
  })
  return text
}

function linked(block: Doc, at: number, href: string): boolean {
  let words = ''
  for (let from = at; from >= 0; from--) {
    const one = block.child(from)
    if (!one.marks.some((mark) => mark.type.name === 'link' && mark.attrs.href === href)) break
    words = (one.text ?? '') + words
  }
  const bare = (text: string) => text.replace(/^(https?:\/\/|mailto:|tel:)/i, '').replace(/\/$/, '').toLowerCase()
  return bare(words.trim()) === bare(href)
}

/** The place of a sign of the words within the document, for changing words without touching their looks. Counts: UTF-16 units. */
export function wordsAt(doc: Doc): { text: string; at: (offset: number) => number } {
  const places: number[] = []
  let text = ''
  doc.descendants((one, pos) => {
    if (one.type.name === 'signature') return false
    if (one.isText) {
      for (let at = 0; at < (one.text?.length ?? 0); at++) places.push(pos + at)
      text += one.text ?? ''
    }
    return true
  })
  return { text, at: (offset) => places[offset] ?? (places.at(-1) ?? 0) + 1 }
}

/** The one change that makes these words out of those, as a place in the document; null where it cannot be told. */
export function change(doc: Doc, words: string): { from: number; to: number; text: string } | null {
  const old = plain(doc)
  let start = 0
  while (start < Math.min(old.length, words.length) && old[start] === words[start]) start += 1
  let end = 0
  while (end < Math.min(old.length, words.length) - start && old[old.length - 1 - end] === words[words.length - 1 - end]) end += 1
  // What is put in between hangs on to the sign before it, or after it.
  if (start + end === old.length) {
    if (start) start -= 1
    else if (end) end -= 1
    else return null
  }
  const gone = old.slice(start, old.length - end)
  const text = words.slice(start, words.length - end)
  if (!gone || /[\n\t]/.test(gone + text)) return null
  let nth = 0
  for (let at = old.indexOf(gone); at >= 0 && at < start; at = old.indexOf(gone, at + 1)) nth += 1
  const inside = wordsAt(doc)
  let at = inside.text.indexOf(gone)
  while (nth-- > 0 && at >= 0) at = inside.text.indexOf(gone, at + 1)
  if (at < 0) return null
  const [from, to] = [inside.at(at), inside.at(at + gone.length - 1) + 1]
  return doc.textBetween(from, to) === gone ? { from, to, text } : null
}
