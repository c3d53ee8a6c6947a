// The visitor API. Every refusal carries the server's own localised sentence.
import type { Config, Conversation, Identity, Message, Page, Session } from './types'

const TIMEOUT_MS = 20000

export class Refusal extends Error {
  constructor(
    public status: number,
    public code: string,
    message: string,
  ) {
    super(message)
  }

  /** Nothing is wrong with the request itself: try again later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

export class Api {
  token: string | null = null

  constructor(
    public base: string,
    private language: () => string,
  ) {}

  config = () => this.ask<Config>('GET', '/config')
  session = (body: {
    token?: string
    identity?: Identity
    page?: Page
    language: string
    resume?: string
  }) => this.ask<Session>('POST', '/sessions', body)
  identify = (identity: Identity) =>
    this.ask<Partial<Session> | null>('POST', '/identities', { identity })
  page = (page: Page) => this.ask('POST', '/pages', { url: page.url, title: page.title })
  send = (body: { client_id: string; text: string; file_ids: string[]; reply_to?: string }) =>
    this.ask<Message & { message?: Message; conversation?: Conversation }>('POST', '/messages', body)
  /** The newest messages, or all after a seq. */
  conversation = (afterSeq: number) =>
    this.ask<Conversation | null>('GET', '/conversation' + (afterSeq ? '?after_seq=' + afterSeq : ''))
  reads = (seq: number, delivered: number) =>
    this.ask('POST', '/reads', { seq, delivered_seq: delivered })
  typing = (on: boolean) => this.ask('POST', '/typing', { on })
  person = () => this.ask<Conversation>('POST', '/persons', {})
  judge = (messageId: string, solved: boolean) =>
    this.ask<Conversation | null>('POST', '/judgements', { message_id: messageId, solved })
  close = () => this.ask<Conversation | null>('POST', '/closings', {})
  rate = (body: { token: string; solved: boolean; rating: number; comment: string }) =>
    this.ask<unknown>('POST', '/ratings', body)
  link = () => this.ask<{ url: string }>('POST', '/links', {})

  headers(): [string, string][] {
    const language: [string, string] = ['Accept-Language', this.language()]
    return this.token ? [language, ['Authorization', 'Bearer ' + this.token]] : [language]
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), TIMEOUT_MS)
    try {
      const answer = await fetch(this.base + path, {
        method,
        signal: stop.signal,
        credentials: 'omit',
        headers: [...this.headers(), ...(body ? [['Content-Type', 'application/json']] : [])] as [
          string,
          string,
        ][],
        body: body ? JSON.stringify(body) : undefined,
      })
      const value = readJson(await answer.text())
      if (!answer.ok) throw refusalOf(answer.status, value)
      return value as T
    } catch (error) {
      if (error instanceof Refusal) throw error
      throw new Refusal(0, 'offline', '')
    } finally {
      clearTimeout(timer)
    }
  }
}

export function readJson(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null
  } catch {
    return null
  }
}

export function refusalOf(status: number, answer: unknown): Refusal {
  const error = (answer as { error?: { code?: string; message?: string } } | null)?.error
  return new Refusal(status, error?.code ?? '', error?.message ?? '')
}
