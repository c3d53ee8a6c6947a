// One visit: its state, its beginning, and what the visitor asks for. Views read `state` and call the
// verbs; who they are, hearing, seeing and writing stand in files of their own.
import { Api, Refusal } from './api'
import { Hearing } from './hearing'
import { embedded, listenToHost } from './host'
import { later, loadLater } from './later'
import { Live } from './live'
import { Seeing } from './seeing'
import { notes } from './shelf'
import type { State } from './state'
import { emptyThread } from './thread'
import { Who } from './who'
import { language, languageOf, speak, t, type Language } from './words'
import { Writing } from './writing'

const search = new URLSearchParams(location.search)

export class Visit {
  state: State
  wished = false
  private listeners = new Set<() => void>()
  api: Api
  live: Live
  writing = new Writing(this)
  who = new Who(this)
  hearing = new Hearing(this)
  seeing = new Seeing(this)

  constructor(public key: string) {
    const path = `/api/web/${encodeURIComponent(key)}`
    this.api = new Api(path, () => language)
    this.live = new Live(location.origin.replace(/^http/, 'ws') + path + '/live', {
      token: () => this.api.token,
      cursor: () => this.state.thread.cursor,
      frame: (frame) => this.hearing.hear(frame),
      state: (up) => {
        this.set({ live: up })
        if (up) void this.hearing.catchUp()
        this.hearing.schedulePoll()
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
          this.who.pages = pages
          this.seeing.setOpen(open)
          greeted()
          void this.who.sendPages()
        },
        page: (page) => {
          this.who.pages.push(page)
          void this.who.sendPages()
        },
        identify: (identity) => void this.who.identify(identity),
        open: (on) => this.seeing.setOpen(on),
      })
    const rest = loadLater().then(() => this.set({}))
    await this.writing.open()
    // The host says who is signed in with its hello: better before the session than after it.
    if (embedded) await Promise.race([hello, new Promise((done) => setTimeout(done, 1000))])
    await this.enter()
    await rest
    later!.watchTab(this)
  }

  /** Fetch the settings and take up the session; also the way back after a failure. */
  async enter(): Promise<void> {
    this.set({ phase: this.state.config ? 'ready' : 'loading' })
    try {
      const config = this.state.config ?? (await this.api.config())
      this.set({ config })
      await this.who.startSession()
      this.set({ phase: 'ready' })
    } catch (error) {
      const gone = error instanceof Refusal && (error.status === 404 || error.status === 403)
      if (gone) return this.set({ phase: 'gone' })
      this.set({ phase: this.state.config ? 'ready' : 'failed' })
      setTimeout(() => this.api.token || void this.enter(), 5000)
    }
  }

  private wake(): void {
    this.set({ online: navigator.onLine })
    if (!navigator.onLine) return
    this.live.hurry()
    this.writing.flush()
    void this.tellWish()
    if (!document.hidden) {
      this.seeing.seen()
      if (!this.api.token && this.state.phase !== 'gone') void this.enter()
    }
  }

  // --- asking --------------------------------------------------------------------------------

  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      const passing = !(error instanceof Refusal) || error.passing
      this.set({ note: passing || !error.message ? t('reconnecting') : error.message })
      return false
    }
  }

  /** The wish for a person is kept until somebody has heard it: without a line, before there is a session. */
  askPerson = async (): Promise<void> => {
    this.wished = true
    if (!this.api.token) this.set({ note: t('reconnecting') })
    await this.tellWish()
  }

  async tellWish(): Promise<void> {
    if (!this.wished || !this.api.token) return
    try {
      this.hearing.take(await this.api.person())
      this.wished = false
      this.set({ note: null })
    } catch (error) {
      const refusal = error instanceof Refusal ? error : null
      if (refusal?.status === 401) return this.who.renew()
      this.wished = !refusal || refusal.passing
      this.set({ note: this.wished ? t('reconnecting') : refusal!.message })
      if (this.wished) setTimeout(() => void this.tellWish(), 5000)
    }
  }

  judge = (messageId: string, solved: boolean) =>
    this.attempt(async () => {
      this.hearing.take(await this.api.judge(messageId, solved))
      const thread = this.state.thread
      const judged = solved ? ('solved' as const) : ('unsolved' as const)
      const messages = thread.messages.map((m) => (m.id === messageId ? { ...m, judged } : m))
      this.hearing.setThread({ ...thread, messages })
    })

  end = () =>
    this.attempt(async () => {
      const conversation = await this.api.close()
      if (conversation?.id) this.hearing.take(conversation)
      else await this.hearing.catchUp()
    })

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
