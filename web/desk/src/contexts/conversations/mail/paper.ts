/** A mail's HTML as a page of its own, in which nothing runs and nothing loads (decision 0061). */

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
// White paper in both themes: a mail is written for it.
const LOOK = `
:root{color-scheme:light}html{background:#fff}
body{margin:0 auto;padding:16px;max-width:760px;color:#1f2328;font:14px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}
blockquote{margin:8px 0;padding-left:12px;border-left:3px solid #d0d7de}
a{color:#0b57a4}a:focus-visible,summary:focus-visible{outline:2px solid #0b6b75;outline-offset:2px}
img.off{min-width:24px;min-height:24px;border:1px dashed #8c959f;background:#f6f8fa}
summary{display:inline-block;margin:12px 0;padding:0 12px;border-radius:10px;background:#eaeef2;color:#424a53;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}`

export interface Given {
  /** By number: what was fetched, as data. */
  pictures: ReadonlyMap<number, string>
  /** The words that are new; what follows them is history. */
  fresh: string
  /** What the fold is called. */
  more: string
  title: string
  language: string
  origin: string
}

export interface Asked { number: number; remote: boolean }

/** The pictures that a mail asks for. */
export function asked(html: string): Asked[] {
  const found = new DOMParser().parseFromString(html, 'text/html')
  return [...found.querySelectorAll('img')].flatMap((one) => {
    const { inside, remote } = one.dataset
    return inside || remote ? [{ number: Number(inside ?? remote), remote: !inside }] : []
  })
}

export function paper(html: string, given: Given): string {
  // A document without a window: nothing in it runs, and nothing is fetched for it.
  const made = new DOMParser().parseFromString(html, 'text/html')
  for (const one of made.querySelectorAll('img')) {
    const data = given.pictures.get(Number(one.dataset.inside ?? one.dataset.remote))
    if (data?.startsWith('data:image/')) one.src = data
    // What is no larger than a dot is there to count who reads; nobody misses it.
    else if ((one.dataset.inside ?? one.dataset.remote) && !dot(one)) one.className = 'off'
    if (!one.hasAttribute('alt')) one.alt = ''
  }
  for (const one of made.querySelectorAll('a')) {
    const address = one.getAttribute('href') ?? ''
    if (address.startsWith('/')) one.setAttribute('href', given.origin + address)
  }
  fold(made, given)
  const text = (value: string) => value.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return `<!doctype html><html lang="${text(given.language)}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width"><title>${text(given.title)}</title><style>${LOOK}</style></head><body>${made.body.innerHTML}</body></html>`
}

/** At most three pixels in one direction. */
const dot = (one: Element) => /^[0-3]$/.test(one.getAttribute('width') ?? '') || /^[0-3]$/.test(one.getAttribute('height') ?? '')

const squeezed = (text: string) => text.replace(/[\s\u00a0\u200b\ufeff]+/g, '')

/** Put everything after the new words behind a fold of the browser's own; nothing is taken away. */
function fold(page: Document, given: Given): void {
  const { body } = page
  const words = squeezed(given.fresh)
  if (!words || squeezed(body.textContent ?? '').length <= words.length) return
  let left = words
  const walk = page.createTreeWalker(body, 4)
  for (let node = walk.nextNode() as Text | null; node; node = walk.nextNode() as Text | null) {
    const here = squeezed(node.data)
    if (here.length < left.length) {
      // Somewhere between the lines somebody answered: what is new is no beginning, so all of it stays.
      if (!left.startsWith(here)) return
      left = left.slice(here.length)
      continue
    }
    if (!here.startsWith(left)) return
    part(node, placeAfter(node.data, left.length), body, given.more)
    return
  }
}

/** After so many signs that are no spaces. */
function placeAfter(text: string, count: number): number {
  let seen = 0
  let at = 0
  for (const sign of text) {
    if (seen === count) break
    seen += squeezed(sign).length
    at += sign.length
  }
  return at
}

function part(node: Text, at: number, body: HTMLElement, more: string): void {
  const page = body.ownerDocument
  const details = page.createElement('details')
  const summary = page.createElement('summary')
  summary.textContent = '…'
  summary.setAttribute('aria-label', more)
  summary.title = more
  let rest: Node | null = at < node.data.length ? page.createTextNode(node.data.slice(at)) : null
  node.data = node.data.slice(0, at)
  for (let one: Node = node; one !== body; one = one.parentNode as Node) {
    const around = one.parentNode as Element
    const after = around === body ? details : (around.cloneNode(false) as Element)
    if (rest) after.append(rest)
    while (one.nextSibling) after.append(one.nextSibling)
    rest = after.hasChildNodes() ? after : null
  }
  details.prepend(summary)
  body.append(details)
}
