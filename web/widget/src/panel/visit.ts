// One visit: who the visitor is here, the conversation, what waits to be sent. Views read `state`
// and call the verbs; nothing else talks to the server.
import { Api, Refusal } from './api'
import { embedded, listenToHost, tellHost } from './host'
import { Live } from './live'
import { notes } from './shelf'
import type { State } from './state'
import { later, loadLater } from './later'
import { adopt, emptyThread, isForeign, reduce, type Thread } from './thread'
import type { Conversation, Frame, Identity, Page } from './types'
import { language, languageOf, speak, t, type Language } from './words'
import { Writing } from './writing'

const POLL_MS = 5000
const WAITING_POLL_MS = 15000

const search = new URLSearchParams(location.search)
/** A signed link stands behind the #, where no server and no log sees it. */
const link = new URLSearchParams(location.hash.slice(1))

export class Visit {
  state: State
  private listeners = new Set<() => void>()
  api: Api
  private live: Live
  writing = new Writing(this)
  private pages: Page[] = []
  private identity: Identity | null | undefined
  private poll: ReturnType<typeof setTimeout> | undefined
  private readTimer: ReturnType<typeof setTimeout> | undefined
  private reported = { seq: 0, delivered: 0 }

  constructor(public key: string) {
    const path = `/api/web/${encodeURIComponent(key)}`
    this.api = new Api(path, () => language)
    this.live = new Live(location.origin.replace(/^http/, 'ws') + path + '/live', {
      token: () => this.api.token,
      cursor: () => this.state.thread.cursor,
      frame: (frame) => this.hear(frame),
      state: (up) => {
        this.set({ live: up })
        if (up) void this.catchUp()
        this.schedulePoll()
      },
    })
    this.state = {
      phase: 'loading',
      config: null,
      thread: emptyThread,
      pending: [],
      uploads: {},
      online: navigator.onLine,
      live: false,
      open: !embedded,
      unread: 0,
      large: (search.get('large') ?? notes.get('peakend:large')) === '1',
      sound: notes.get('peakend:sound') === '1',
      language,
      fresh: false,
      rated: 'no',
      note: null,
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  set(part: Partial<State>): void {
    this.state = { ...this.state, ...part }
    this.listeners.forEach((listener) => listener())
  }

  async begin(): Promise<void> {
    const tag = notes.get('peakend:language') ?? search.get('lang') ?? navigator.language
    await speak(languageOf(tag))
    this.set({ language })
    addEventListener('online', () => this.wake())
    addEventListener('offline', () => this.set({ online: false }))
    document.addEventListener('visibilitychange', () => document.hidden || this.wake())
    let greeted = () => {}
    const hello = new Promise<void>((done) => (greeted = done))
    if (embedded)
      listenToHost({
        hello: (pages, open) => {
          this.pages = pages
          this.setOpen(open)
          greeted()
          void this.sendPages()
        },
        page: (page) => {
          this.pages.push(page)
          void this.sendPages()
        },
        identify: (identity) => void this.identify(identity),
        open: (on) => this.setOpen(on),
      })
    const rest = loadLater().then(() => this.set({}))
    await this.writing.open()
    // The host says who is signed in with its hello: better before the session than after it.
    if (embedded) await Promise.race([hello, new Promise((done) => setTimeout(done, 1000))])
    await this.enter()
    await rest
  }

  /** Fetch the settings and take up the session; also the way back after a failure. */
  async enter(): Promise<void> {
    this.set({ phase: this.state.config ? 'ready' : 'loading' })
    try {
      const config = this.state.config ?? (await this.api.config())
      this.set({ config })
      await this.startSession()
      this.set({ phase: 'ready' })
    } catch (error) {
      const gone = error instanceof Refusal && (error.status === 404 || error.status === 403)
      if (gone) return this.set({ phase: 'gone' })
      this.set({ phase: this.state.config ? 'ready' : 'failed' })
      setTimeout(() => this.api.token || void this.enter(), 5000)
    }
  }

  // --- who -----------------------------------------------------------------------------------

  private get tokenKey(): string {
    return `peakend:${this.key}:token`
  }

  private async startSession(): Promise<void> {
    const resume = link.get('resume') ?? undefined
    const sent = this.identity
    // In a frame the host's pages are what counts; they follow by themselves.
    const page = embedded
      ? undefined
      : { url: location.origin + location.pathname, title: document.title }
    const session = await this.api.session({
      token: notes.get(this.tokenKey) ?? undefined,
      identity: sent ?? undefined,
      page,
      language,
      resume,
    })
    if (resume) {
      link.delete('resume')
      history.replaceState(null, '', location.pathname + location.search)
    }
    this.takeToken(session.token)
    if (sent && session.identified === false) this.set({ note: t('identity.failed') })
    this.take(session.conversation)
    const { state, survey } = session.conversation ?? {}
    // Who comes back after the end comes with something new.
    if (state === 'closed' && (!survey || survey.answered)) this.set({ fresh: true })
    this.noticeNew(session.conversation?.read_seq ?? this.state.thread.synced)
    this.live.start()
    if (this.identity && this.identity !== sent) void this.identify(this.identity)
    this.writing.flush()
    void this.sendPages()
  }

  private takeToken(token: string | undefined): void {
    if (!token) return
    this.api.token = token
    notes.set(this.tokenKey, token)
  }

  private async identify(identity: Identity | null): Promise<void> {
    const before = this.identity
    this.identity = identity
    if (!identity) {
      // Signed out: nothing of this person may stay on a shared device.
      if (before || notes.get(`peakend:${this.key}:who`)) await this.forget()
      return
    }
    const who = notes.get(`peakend:${this.key}:who`)
    if (who && who !== identity.id) await this.forget()
    notes.set(`peakend:${this.key}:who`, identity.id)
    if (!this.api.token) return
    try {
      const session = await this.api.identify(identity)
      this.takeToken(session?.token)
      if (session && 'conversation' in session) this.take(session.conversation ?? null)
      await this.catchUp()
    } catch (error) {
      if (error instanceof Refusal && !error.passing) this.set({ note: t('identity.failed') })
    }
  }

  private async forget(): Promise<void> {
    this.live.stop()
    this.api.token = null
    for (const name of ['token', 'who', 'draft']) notes.set(`peakend:${this.key}:${name}`, null)
    await this.writing.clear()
    this.reported = { seq: 0, delivered: 0 }
    this.set({ thread: emptyThread, unread: 0, fresh: false, rated: 'no' })
    await this.enter()
  }

  private async sendPages(): Promise<void> {
    while (this.api.token && this.pages.length) {
      const page = this.pages.shift()!
      try {
        await this.api.page(page)
      } catch (error) {
        if (error instanceof Refusal && error.passing) this.pages.unshift(page)
        return
      }
    }
  }

  // --- hearing -------------------------------------------------------------------------------

  private hear(frame: Frame): void {
    const before = this.state.thread
    if (frame.t === 'resync') {
      this.setThread({ ...before, cursor: frame.cursor })
      return void this.catchUp(true)
    }
    if (frame.t === 'messages' && isForeign(before, frame.messages)) return void this.catchUp(true)
    this.setThread(reduce(before, frame))
    if (frame.t === 'conversation') this.noticeState(before.conversation)
    const same = before.conversation?.id === this.state.thread.conversation?.id
    this.noticeNew(same ? before.synced : 0)
  }

  setThread(thread: Thread): void {
    const ids = new Set(thread.messages.map((m) => m.client_id))
    const pending = this.state.pending.filter((p) => !ids.has(p.client_id))
    this.set({ thread, pending })
    this.report()
  }

  take(conversation: Conversation | null | undefined): void {
    if (conversation === undefined) return
    const before = this.state.thread
    this.setThread(adopt(before, conversation))
    this.noticeState(before.conversation)
  }

  private noticeState(before: Conversation | null): void {
    const now = this.state.thread.conversation
    if (now?.id !== before?.id) {
      this.reported = { seq: 0, delivered: 0 }
      this.set({ fresh: false, rated: 'no' })
    }
    tellHost({ t: 'active', on: !!now && now.state !== 'closed' })
    this.schedulePoll()
  }

  private noticeNew(afterSeq: number): void {
    const arrived = this.state.thread.messages.filter(
      (m) => m.seq > afterSeq && (m.kind === 'agent' || m.kind === 'digital'),
    )
    if (!arrived.length) return
    if (this.state.sound) later?.chime()
    if (this.looking) return
    this.set({ unread: this.state.unread + arrived.length })
    this.showUnread()
  }

  async catchUp(whole = false): Promise<void> {
    if (!this.api.token) return
    const before = this.state.thread
    const same = before.conversation?.id
    try {
      const conversation = await this.api.conversation(whole ? 0 : before.synced)
      if (conversation && conversation.id !== same && before.synced && !whole) {
        // Another conversation began elsewhere: its first messages were cut off by our cursor.
        return await this.catchUp(true)
      }
      this.take(conversation)
      if (same && same === conversation?.id && !whole) this.noticeNew(before.synced)
      this.writing.flush()
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) await this.renew()
    }
  }

  /** The token is no longer known: begin a new session, keep what waits to be sent. */
  async renew(): Promise<void> {
    // Another tab may have renewed it already.
    if (notes.get(this.tokenKey) === this.api.token) notes.set(this.tokenKey, null)
    this.api.token = null
    await this.enter()
  }

  private schedulePoll(): void {
    clearTimeout(this.poll)
    const waiting = this.state.thread.conversation?.state === 'waiting'
    if (!this.api.token || (this.state.live && !waiting)) return
    const pause = this.state.live ? WAITING_POLL_MS : POLL_MS
    this.poll = setTimeout(async () => {
      if (!document.hidden) await this.catchUp()
      this.schedulePoll()
    }, pause)
  }

  private wake(): void {
    this.set({ online: navigator.onLine })
    if (!navigator.onLine) return
    this.live.hurry()
    this.writing.flush()
    if (!document.hidden) {
      this.seen()
      if (!this.api.token && this.state.phase !== 'gone') void this.enter()
    }
  }

  // --- seeing --------------------------------------------------------------------------------

  private get looking(): boolean {
    return this.state.open && !document.hidden
  }

  setOpen(on: boolean): void {
    this.set({ open: on })
    if (on) this.seen()
  }

  seen(): void {
    if (!this.looking) return
    if (this.state.unread) this.set({ unread: 0 })
    this.showUnread()
    this.report()
  }

  private showUnread(): void {
    const { unread } = this.state
    tellHost({ t: 'unread', n: unread })
    document.title = document.title.replace(/^\(\d+\) /, '')
    if (unread) document.title = `(${unread}) ${document.title}`
  }

  /** Tell the server what has come and what has been seen, gathered over a moment. */
  private report(): void {
    clearTimeout(this.readTimer)
    this.readTimer = setTimeout(async () => {
      const delivered = this.state.thread.synced
      const seq = this.looking ? delivered : this.reported.seq
      if (!this.api.token || !this.state.thread.conversation) return
      if (delivered <= this.reported.delivered && seq <= this.reported.seq) return
      this.reported = { seq, delivered }
      await this.api.reads(seq, delivered).catch(() => undefined)
    }, 300)
  }

  // --- asking --------------------------------------------------------------------------------

  private async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      const passing = !(error instanceof Refusal) || error.passing
      this.set({ note: passing || !error.message ? t('reconnecting') : error.message })
      return false
    }
  }

  askPerson = () => this.attempt(async () => this.take(await this.api.person()))

  judge = (messageId: string, solved: boolean) =>
    this.attempt(async () => {
      this.take(await this.api.judge(messageId, solved))
      const thread = this.state.thread
      const judged = solved ? ('solved' as const) : ('unsolved' as const)
      const messages = thread.messages.map((m) => (m.id === messageId ? { ...m, judged } : m))
      this.setThread({ ...thread, messages })
    })

  end = () =>
    this.attempt(async () => {
      const conversation = await this.api.close()
      if (conversation?.id) this.take(conversation)
      else await this.catchUp()
    })

  async rate(solved: boolean, rating: number, comment: string): Promise<void> {
    const token = this.state.thread.conversation?.survey?.token
    if (!token) return
    this.set({ rated: 'sending' })
    try {
      await this.api.rate({ token, solved, rating, comment: comment.trim().slice(0, 1000) })
      this.set({ rated: 'done' })
    } catch (error) {
      const again = error instanceof Refusal && error.status === 409
      this.set({ rated: again ? 'done' : 'failed' })
    }
  }

  link = async (): Promise<string> => (await this.api.link()).url
  startAgain = (): void => this.set({ fresh: true })

  // --- choosing ------------------------------------------------------------------------------

  get draft(): string {
    return notes.get(`peakend:${this.key}:draft`) ?? ''
  }

  set draft(text: string) {
    notes.set(`peakend:${this.key}:draft`, text || null)
  }

  setLarge(large: boolean): void {
    notes.set('peakend:large', large ? '1' : null)
    this.set({ large })
  }

  setSound(sound: boolean): void {
    notes.set('peakend:sound', sound ? '1' : null)
    this.set({ sound })
    if (sound) later?.chime()
  }

  async setLanguage(wanted: Language): Promise<void> {
    notes.set('peakend:language', wanted)
    await speak(wanted).catch(() => undefined)
    this.set({ language })
  }
}
