// What a rich message holds, read with care: it was checked by the server, and is looked at again.
import type { Message } from '../types'

export interface Button {
  label: string
  url?: string | null
}

export interface Tile {
  title: string
  text: string
  file_id?: string | null
  buttons?: Button[]
}

export type Block =
  | { type: 'cards'; layout: 'row' | 'list'; cards: Tile[] }
  | {
      type: 'order'
      number: string
      title: string
      file_id?: string | null
      state: string
      tone: 'neutral' | 'calm' | 'warning' | 'danger'
      amount_fen?: number | null
      url?: string | null
      buttons?: Button[]
    }
  | {
      type: 'step'
      n: number
      of: number
      title: string
      text: string
      file_id?: string | null
      done: string
      stuck: string
    }

export interface Content {
  intro?: string
  block?: Block
  quick?: string[]
}

/** Only https leads anywhere, whatever came. */
export function safeLink(url: string | null | undefined): string | null {
  try {
    const parsed = new URL(url ?? '')
    return parsed.protocol === 'https:' && !parsed.username && !parsed.password ? parsed.href : null
  } catch {
    return null
  }
}

/** What the customer has chosen of a message, on whatever device. */
export function choicesOf(messages: Message[], id: string): Set<string> {
  const answers = messages.filter((m) => m.code === 'chosen' && m.params?.message_id === id)
  return new Set(answers.map((m) => String(m.params?.choice)))
}

export function moneyOf(fen: number): string {
  const yuan = Math.floor(fen / 100).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `¥${yuan}.${String(fen % 100).padStart(2, '0')}`
}
