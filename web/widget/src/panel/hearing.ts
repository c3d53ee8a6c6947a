// What comes from the server: frames of the socket, answers to questions, and asking again where
// the socket does not reach.
import { Refusal } from './api'
import { tellHost } from './host'
import { later } from './later'
import { adopt, isForeign, reduce, type Thread } from './thread'
import type { Conversation, Frame } from './types'
import type { Visit } from './visit'

const POLL_MS = 5000
const WAITING_POLL_MS = 15000

export class Hearing {
  private poll: ReturnType<typeof setTimeout> | undefined

  constructor(private visit: Visit) {}

  hear(frame: Frame): void {
    const before = this.visit.state.thread
    if (frame.t === 'resync') {
      this.setThread({ ...before, cursor: frame.cursor })
      return void this.catchUp(true)
    }
    if (frame.t === 'messages' && isForeign(before, frame.messages)) return void this.catchUp(true)
    this.setThread(reduce(before, frame))
    if (frame.t === 'conversation') this.noticeState(before.conversation)
    const same = before.conversation?.id === this.visit.state.thread.conversation?.id
    this.noticeNew(same ? before.synced : 0)
  }

  setThread(thread: Thread): void {
    const ids = new Set(thread.messages.map((m) => m.client_id))
    const pending = this.visit.state.pending.filter((p) => !ids.has(p.client_id))
    this.visit.set({ thread, pending })
    this.visit.seeing.report()
  }

  take(conversation: Conversation | null | undefined): void {
    if (conversation === undefined) return
    const before = this.visit.state.thread
    this.setThread(adopt(before, conversation))
    this.noticeState(before.conversation)
  }

  private noticeState(before: Conversation | null): void {
    const now = this.visit.state.thread.conversation
    if (now?.id !== before?.id) {
      this.visit.seeing.startAnew()
      this.visit.set({ fresh: false, rated: 'no' })
    }
    tellHost({ t: 'active', on: !!now && now.state !== 'closed' })
    this.schedulePoll()
  }

  noticeNew(afterSeq: number): void {
    const arrived = this.visit.state.thread.messages.filter(
      (m) => m.seq > afterSeq && (m.kind === 'agent' || m.kind === 'digital'),
    )
    if (!arrived.length) return
    if (this.visit.state.sound) later?.chime()
    if (this.visit.seeing.looking) return
    this.visit.set({ unread: this.visit.state.unread + arrived.length })
    this.visit.seeing.showUnread()
  }

  async catchUp(whole = false): Promise<void> {
    if (!this.visit.api.token) return
    const before = this.visit.state.thread
    const same = before.conversation?.id
    try {
      const conversation = await this.visit.api.conversation(whole ? 0 : before.synced)
      if (conversation && conversation.id !== same && before.synced && !whole) {
        // Another conversation began elsewhere: its first messages were cut off by our cursor.
        return await this.catchUp(true)
      }
      this.take(conversation)
      if (same && same === conversation?.id && !whole) this.noticeNew(before.synced)
      this.visit.writing.flush()
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) await this.visit.who.renew()
    }
  }

  schedulePoll(): void {
    clearTimeout(this.poll)
    const waiting = this.visit.state.thread.conversation?.state === 'waiting'
    if (!this.visit.api.token || (this.visit.state.live && !waiting)) return
    const pause = this.visit.state.live ? WAITING_POLL_MS : POLL_MS
    this.poll = setTimeout(async () => {
      if (!document.hidden) await this.catchUp()
      this.schedulePoll()
    }, pause)
  }
}
