// What the visitor has seen: unread words, and telling the server what came and what was read.
import { tellHost } from './host'
import type { Visit } from './visit'

export class Seeing {
  private readTimer: ReturnType<typeof setTimeout> | undefined
  private reported = { seq: 0, delivered: 0 }

  constructor(private visit: Visit) {}

  /** Another conversation counts from its own beginning. */
  startAnew(): void {
    this.reported = { seq: 0, delivered: 0 }
  }

  get looking(): boolean {
    return this.visit.state.open && !document.hidden
  }

  setOpen(on: boolean): void {
    this.visit.set({ open: on })
    if (on) this.seen()
  }

  seen(): void {
    if (!this.looking) return
    if (this.visit.state.unread) this.visit.set({ unread: 0 })
    this.showUnread()
    this.report()
  }

  showUnread(): void {
    const { unread } = this.visit.state
    tellHost({ t: 'unread', n: unread })
    document.title = document.title.replace(/^\(\d+\) /, '')
    if (unread) document.title = `(${unread}) ${document.title}`
  }

  /** Tell the server what has come and what has been seen, gathered over a moment. */
  report(): void {
    clearTimeout(this.readTimer)
    this.readTimer = setTimeout(async () => {
      const delivered = this.visit.state.thread.synced
      const seq = this.looking ? delivered : this.reported.seq
      if (!this.visit.api.token || !this.visit.state.thread.conversation) return
      if (delivered <= this.reported.delivered && seq <= this.reported.seq) return
      this.reported = { seq, delivered }
      await this.visit.api.reads(seq, delivered).catch(() => undefined)
    }, 300)
  }
}
