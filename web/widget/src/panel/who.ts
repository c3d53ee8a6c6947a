// Who the visitor is here: the token of this browser, the host page's word for its user, the pages
// that were looked at.
import { Refusal } from './api'
import { embedded } from './host'
import { notes } from './shelf'
import { emptyThread } from './thread'
import type { Identity, Page } from './types'
import type { Visit } from './visit'
import { language, t } from './words'

/** A signed link stands behind the #, where no server and no log sees it. */
const link = new URLSearchParams(location.hash.slice(1))

export class Who {
  pages: Page[] = []
  private identity: Identity | null | undefined

  constructor(private visit: Visit) {}

  private get tokenKey(): string {
    return `peakend:${this.visit.key}:token`
  }

  async startSession(): Promise<void> {
    const resume = link.get('resume') ?? undefined
    const sent = this.identity
    // In a frame the host's pages are what counts; they follow by themselves.
    const page = embedded
      ? undefined
      : { url: location.origin + location.pathname, title: document.title }
    const session = await this.visit.api.session({
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
    if (sent && session.identified === false) this.visit.set({ note: t('identity.failed') })
    this.visit.hearing.take(session.conversation)
    const { state, survey } = session.conversation ?? {}
    // Who comes back after the end comes with something new.
    if (state === 'closed' && (!survey || survey.answered)) this.visit.set({ fresh: true })
    this.visit.hearing.noticeNew(session.conversation?.read_seq ?? this.visit.state.thread.synced)
    this.visit.live.start()
    if (this.identity && this.identity !== sent) void this.identify(this.identity)
    this.visit.writing.flush()
    void this.visit.tellWish()
    void this.sendPages()
  }

  private takeToken(token: string | undefined): void {
    if (!token) return
    this.visit.api.token = token
    notes.set(this.tokenKey, token)
  }

  async identify(identity: Identity | null): Promise<void> {
    const before = this.identity
    this.identity = identity
    if (!identity) {
      // Signed out: nothing of this person may stay on a shared device.
      if (before || notes.get(`peakend:${this.visit.key}:who`)) await this.forget()
      return
    }
    const who = notes.get(`peakend:${this.visit.key}:who`)
    if (who && who !== identity.id) await this.forget()
    notes.set(`peakend:${this.visit.key}:who`, identity.id)
    if (!this.visit.api.token) return
    try {
      const session = await this.visit.api.identify(identity)
      this.takeToken(session?.token)
      if (session && 'conversation' in session) this.visit.hearing.take(session.conversation ?? null)
      await this.visit.hearing.catchUp()
    } catch (error) {
      if (error instanceof Refusal && !error.passing) this.visit.set({ note: t('identity.failed') })
    }
  }

  private async forget(): Promise<void> {
    this.visit.live.stop()
    this.visit.api.token = null
    for (const name of ['token', 'who', 'draft']) notes.set(`peakend:${this.visit.key}:${name}`, null)
    await this.visit.writing.clear()
    this.visit.wished = false
    this.visit.seeing.startAnew()
    this.visit.set({ thread: emptyThread, unread: 0, fresh: false, rated: 'no' })
    await this.visit.enter()
  }

  async sendPages(): Promise<void> {
    while (this.visit.api.token && this.pages.length) {
      const page = this.pages.shift()!
      try {
        await this.visit.api.page(page)
      } catch (error) {
        if (error instanceof Refusal && error.passing) this.pages.unshift(page)
        return
      }
    }
  }

  /** The token is no longer known: begin a new session, keep what waits to be sent. */
  async renew(): Promise<void> {
    // Another tab may have renewed it already.
    if (notes.get(this.tokenKey) === this.visit.api.token) notes.set(this.tokenKey, null)
    this.visit.api.token = null
    await this.visit.enter()
  }
}
