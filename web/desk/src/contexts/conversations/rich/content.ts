/** A rich message while it is written: what is missing, and what goes to the server. */
import type { RichContent, Shapes, StoredFile } from '@/api/types'
import { isLong } from './held'

export type Shape = 'cards' | 'order' | 'step' | 'quick'
export const shapes: Shape[] = ['cards', 'order', 'step', 'quick']
export type Tone = Shapes['OrderCard']['tone']
export const tones: Tone[] = ['neutral', 'calm', 'warning', 'danger']
export const MOST = { cards: 10, buttons: 3, quick: 8, steps: 30 }

export interface ButtonDraft { label: string; url: string }
export interface TileDraft { title: string; text: string; file: StoredFile | null; buttons: ButtonDraft[] }
export interface Draft {
  shape: Shape
  intro: string
  quick: string[]
  layout: 'row' | 'list'
  cards: TileDraft[]
  order: { number: string; title: string; file: StoredFile | null; state: string; tone: Tone; amount: number | null; url: string; buttons: ButtonDraft[] }
  step: { n: number | null; of: number | null; title: string; text: string; file: StoredFile | null }
}

export const blankTile = (): TileDraft => ({ title: '', text: '', file: null, buttons: [] })
export const blank = (): Draft => ({
  shape: 'cards', intro: '', quick: [], layout: 'row', cards: [blankTile()],
  order: { number: '', title: '', file: null, state: '', tone: 'neutral', amount: null, url: '', buttons: [] },
  step: { n: 1, of: 1, title: '', text: '', file: null },
})

const VARIABLE = /\{\{[^{}]*\}\}/g
/** The address as browsers write it, or null where it is not a plain https address; a variable stands behind the host only. */
export function asLink(text: string): string | null {
  if (text.includes('{{')) return /^\s*https:\/\/[^/?#{}\s]+[/?#]/.test(text) && asLink(text.replace(VARIABLE, 'x')) ? text.trim() : null
  try {
    const url = new URL(text.trim())
    return url.protocol === 'https:' && !url.username && !url.password && url.hostname.includes('.') ? url.href : null
  } catch {
    return null
  }
}

const said = (buttons: ButtonDraft[]) => buttons.map(({ label, url }) => ({ label: label.trim(), url: url.trim() ? (asLink(url) ?? url.trim()) : null }))
const filled = (tile: TileDraft) => !!(tile.title.trim() || tile.text.trim() || tile.file)

/** What the server takes. */
export function contentOf(draft: Draft): RichContent {
  const { intro, quick, order, step } = draft
  const cards = draft.cards.map((one) => ({ title: one.title, text: one.text, file_id: one.file?.id ?? null, buttons: said(one.buttons) }))
  const blocks: Record<Shape, RichContent['block']> = {
    cards: { type: 'cards', layout: draft.layout, cards },
    order: {
      type: 'order', number: order.number, title: order.title, file_id: order.file?.id ?? null, state: order.state, tone: order.tone,
      amount_fen: order.amount === null ? null : Math.round(order.amount * 100), url: order.url.trim() ? (asLink(order.url) ?? order.url.trim()) : null, buttons: said(order.buttons),
    },
    step: { type: 'step', n: step.n ?? 1, of: step.of ?? 1, title: step.title, text: step.text, file_id: step.file?.id ?? null },
    quick: null,
  }
  return { intro: intro.trim(), quick, block: blocks[draft.shape] }
}

/** The files that the content shows. */
export function filesOf(draft: Draft): StoredFile[] {
  const shown = { cards: draft.cards.map((one) => one.file), order: [draft.order.file], step: [draft.step.file], quick: [] }[draft.shape]
  return shown.flatMap((one) => (one ? [one] : []))
}

/** What is missing, as the end of a wording key; null where it can go. */
export function missing(draft: Draft): string | null {
  const { shape, order, step } = draft
  const buttons = shape === 'cards' ? draft.cards.flatMap((one) => one.buttons) : shape === 'order' ? order.buttons : []
  if (shape === 'cards' && !draft.cards.every(filled)) return 'needs_card'
  if (shape === 'order' && !order.number.trim()) return 'needs_number'
  if (shape === 'step' && !step.text.trim()) return 'needs_text'
  if (shape === 'step' && (step.n ?? 1) > (step.of ?? 1)) return 'needs_order'
  if (shape === 'quick' && !draft.quick.length) return 'needs_quick'
  if (shape === 'quick' && !draft.intro.trim()) return 'needs_intro'
  if (buttons.some((one) => !one.label.trim())) return 'needs_label'
  if (buttons.some((one) => one.url.trim() && !asLink(one.url)) || (shape === 'order' && order.url.trim() && !asLink(order.url))) return 'needs_https'
  if (isLong(contentOf({ ...draft, intro: '' }))) return 'needs_shorter'
  return null
}

/** A draft from what a template holds. */
export function draftOf(content: RichContent, files: StoredFile[]): Draft {
  const draft = { ...blank(), intro: content.intro, quick: [...(content.quick ?? [])] }
  const file = (id?: string | null) => files.find((one) => one.id === id) ?? null
  const asked = (buttons?: Shapes['Button'][]) => (buttons ?? []).map(({ label, url }) => ({ label, url: url ?? '' }))
  const block = content.block
  if (!block) return { ...draft, shape: 'quick' }
  if (block.type === 'order') {
    const { number, title, state, tone, amount_fen, url, buttons, file_id } = block
    return { ...draft, shape: 'order', order: { number, title, state, tone, url: url ?? '', amount: amount_fen == null ? null : amount_fen / 100, file: file(file_id), buttons: asked(buttons) } }
  }
  if (block.type === 'step') {
    const { n, of, title, text, file_id } = block
    return { ...draft, shape: 'step', step: { n, of, title, text, file: file(file_id) } }
  }
  return { ...draft, layout: block.layout, cards: block.cards.map((one) => ({ title: one.title, text: one.text, file: file(one.file_id), buttons: asked(one.buttons) })) }
}

export function moneyOf(fen: number): string {
  return `¥${Math.floor(fen / 100).toLocaleString('en-US')}.${String(fen % 100).padStart(2, '0')}`
}
