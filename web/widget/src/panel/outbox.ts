// What was typed goes out exactly once: a parcel is kept on the device until the server has
// answered for its client_id, one tab at a time sends, and the server answers a repeated client_id
// with the message it already has.
import type { Parcel } from './types'

export type Outcome = 'sent' | 'later' | { refused: string }

/** Where parcels are kept. Several tabs share one shelf. */
export interface Shelf {
  all(): Promise<Parcel[]>
  put(parcel: Parcel): Promise<void>
  remove(clientId: string): Promise<void>
  clear(): Promise<void>
}

/** Runs `work` while no other tab runs it. */
export type Alone = (work: () => Promise<void>) => Promise<void>

const RETRY_MS = [1000, 2000, 4000, 8000, 15000]

export class Outbox {
  parcels: Parcel[] = []
  private flushing: Promise<void> | null = null
  private again = false
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private shelf: Shelf,
    private post: (parcel: Parcel) => Promise<Outcome>,
    private alone: Alone,
    private changed: () => void,
  ) {}

  async add(parcel: Parcel): Promise<void> {
    await this.shelf.put(parcel)
    await this.refresh()
    await this.flush()
  }

  /** Take over what other tabs have added or sent. */
  async refresh(): Promise<void> {
    const kept = await this.shelf.all()
    this.parcels = kept.sort((a, b) => a.at - b.at || (a.client_id < b.client_id ? -1 : 1))
    this.changed()
  }

  async retry(clientId: string): Promise<void> {
    const parcel = this.parcels.find((p) => p.client_id === clientId)
    if (!parcel) return
    await this.shelf.put({ ...parcel, failed: undefined })
    await this.refresh()
    await this.flush()
  }

  async drop(clientId: string): Promise<void> {
    await this.shelf.remove(clientId)
    await this.refresh()
  }

  async clear(): Promise<void> {
    clearTimeout(this.timer)
    await this.shelf.clear()
    await this.refresh()
  }

  /** Send everything that waits, oldest first; stops at the first parcel that must wait. */
  flush(): Promise<void> {
    if (this.flushing) {
      this.again = true
      return this.flushing
    }
    clearTimeout(this.timer)
    this.flushing = this.alone(() => this.drain()).finally(() => {
      this.flushing = null
      if (this.again) void this.flush()
    })
    return this.flushing
  }

  private async drain(): Promise<void> {
    do {
      this.again = false
      await this.refresh()
      for (const parcel of this.parcels.filter((p) => !p.failed)) {
        const outcome = await this.post(parcel)
        if (outcome === 'later') return this.later()
        this.tries = 0
        if (outcome === 'sent') await this.shelf.remove(parcel.client_id)
        else await this.shelf.put({ ...parcel, failed: outcome.refused })
        await this.refresh()
      }
    } while (this.again)
  }

  private later(): void {
    this.again = false
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)]!
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.flush(), wait * (0.8 + Math.random() * 0.4))
  }
}
