// The bridge to the page that embeds the panel. Only the embedding window at its one origin is
// heard and spoken to; the server's frame-ancestors decides who may embed at all.
import type { Identity, Page } from './types'

export interface HostWords {
  hello(pages: Page[], open: boolean): void
  page(page: Page): void
  identify(identity: Identity | null): void
  open(on: boolean): void
}

const search = new URLSearchParams(location.search)
export const embedded = window.parent !== window

/** The origin of the embedding page, from the browser where it says, else from the launcher. */
function hostOrigin(): string | null {
  const said = location.ancestorOrigins?.[0] ?? search.get('origin')
  try {
    return said ? new URL(said).origin : null
  } catch {
    return null
  }
}

const origin = embedded ? hostOrigin() : null

export function tellHost(message: Record<string, unknown>): void {
  if (origin) window.parent.postMessage({ peakend: 1, ...message }, origin)
}

export function listenToHost(words: HostWords): void {
  addEventListener('message', (event) => {
    if (!origin || event.source !== window.parent || event.origin !== origin) return
    const said = event.data as Record<string, unknown> | null
    if (!said || typeof said !== 'object' || said.peakend !== 1) return
    if (said.t === 'hello') {
      const pages = Array.isArray(said.pages) ? said.pages.map(pageOf).filter(Boolean) : []
      words.hello(pages as Page[], said.open === true)
    } else if (said.t === 'page') {
      const page = pageOf(said.page)
      if (page) words.page(page)
    } else if (said.t === 'identify') words.identify(identityOf(said.identity))
    else if (said.t === 'open') words.open(said.on === true)
  })
  tellHost({ t: 'ready' })
}

function pageOf(value: unknown): Page | null {
  const page = value as Partial<Page> | null
  if (!page || typeof page.url !== 'string' || !/^https?:/.test(page.url)) return null
  return { url: page.url.slice(0, 2000), title: String(page.title ?? '').slice(0, 200) }
}

/** The server judges the signature; here only the shape is looked at. */
function identityOf(value: unknown): Identity | null {
  const { id, name, email, phone, exp, hash } = (value ?? {}) as Identity
  return typeof hash === 'string' ? { id, name, email, phone, exp, hash } : null
}
