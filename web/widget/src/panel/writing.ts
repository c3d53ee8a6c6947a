// What the visitor writes: kept, sent, and shown while it waits; and that something is being typed.
import { Refusal } from './api'
import { later } from './later'
import { Outbox, type Outcome } from './outbox'
import { aloneIn, newId, openShelf } from './shelf'
import { isForeign, merge } from './thread'
import type { Parcel } from './types'
import type { Visit } from './visit'
import { t } from './words'

const TYPING_MS = 3000

export class Writing {
  private outbox: Outbox | null = null
  private tabs: BroadcastChannel | null = null
  private typedAt = 0

  constructor(private visit: Visit) {}

  async open(): Promise<void> {
    const name = `peakend:${this.visit.key}`
    const shelf = await openShelf(name)
    if ('BroadcastChannel' in window) {
      this.tabs = new BroadcastChannel(name)
      this.tabs.onmessage = (event) => {
        if (event.data === 'outbox') void this.outbox?.refresh()
      }
    }
    this.outbox = new Outbox(shelf, (parcel) => this.post(parcel), aloneIn(name), () => {
      const ids = new Set(this.visit.state.thread.messages.map((m) => m.client_id))
      this.visit.set({ pending: this.outbox!.parcels.filter((p) => !ids.has(p.client_id)) })
    })
    await this.outbox.refresh()
  }

  async say(text: string, files: { blob: Blob; name: string }[] = []): Promise<void> {
    const parcel: Parcel = {
      client_id: newId(),
      at: Date.now(),
      text: text.trim(),
      files: files.map(({ blob, name }) => ({ name, blob, mime: blob.type, size: blob.size })),
      reply_to: this.visit.state.quote?.id,
    }
    if (!parcel.text && !parcel.files.length) return
    this.visit.set({ note: null, quote: null })
    this.typing('')
    await this.outbox!.add(parcel)
    this.tabs?.postMessage('outbox')
  }

  private async post(parcel: Parcel): Promise<Outcome> {
    if (!this.visit.api.token || !navigator.onLine) return 'later'
    try {
      const ids = await this.uploadFiles(parcel)
      const { client_id, text, reply_to } = parcel
      const answer = await this.visit.api.send({ client_id, text, file_ids: ids, reply_to })
      const message = answer.message ?? answer
      if (answer.conversation) this.visit.hearing.take(answer.conversation)
      const thread = this.visit.state.thread
      if (!thread.conversation || isForeign(thread, [message])) await this.visit.hearing.catchUp(true)
      else this.visit.hearing.setThread({ ...thread, messages: merge(thread.messages, [message]) })
      this.tabs?.postMessage('outbox')
      return 'sent'
    } catch (error) {
      if (!(error instanceof Refusal)) return { refused: t('failed.file') }
      if (error.status === 401) void this.visit.who.renew()
      if (error.status === 401 || error.passing) return 'later'
      return { refused: error.message || String(error.status) }
    }
  }

  private async uploadFiles(parcel: Parcel): Promise<string[]> {
    for (const file of parcel.files) {
      if (file.file_id || !file.blob) continue
      if (!later) throw new Refusal(0, 'offline', '')
      const stored = await later.upload(this.visit.api, file.blob, file.name, (share) =>
        this.visit.set({ uploads: { ...this.visit.state.uploads, [parcel.client_id]: share } }),
      )
      file.file_id = stored.id
    }
    return parcel.files.map((file) => file.file_id!).filter(Boolean)
  }

  retry = (clientId: string) => this.outbox!.retry(clientId)
  discard = (clientId: string) => this.outbox!.drop(clientId)

  typing(text: string): void {
    const state = this.visit.state.thread.conversation?.state
    if (!this.visit.api.token || (state !== 'serving' && state !== 'waiting')) return
    const on = !!text
    if (on && Date.now() - this.typedAt < TYPING_MS) return
    if (!on && !this.typedAt) return
    this.typedAt = on ? Date.now() : 0
    this.visit.api.typing(on).catch(() => undefined)
  }

  flush(): void {
    void this.outbox?.flush()
  }

  clear = async (): Promise<void> => this.outbox?.clear()
}
