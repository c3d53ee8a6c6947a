/** HTML as Word, Outlook, WPS and web pages put it on the clipboard, made into what a mail of ours may hold. */
const DROPPED = 'script, style, meta, link, title, base, iframe, object, embed, form, input, button, select, textarea, svg, math, video, audio, template, noscript, xml'
/** Pictures of our own are kept; what a page elsewhere shows would not be shown here, nor to whom it is sent. */
const OWN = /^(\/api\/|\/files\/|blob:|cid:)/

export interface Pasted { html: string; pictures: File[]; left: number }

/** `left`: how many pictures stayed behind because only their page has them. Pictures that came along are `pictures`. */
export function cleaned(html: string, name: (at: number) => string = (at) => `image-${at}`): Pasted {
  const page = new DOMParser().parseFromString(html.replace(/<!\[(?:if[^\]]*|endif)\]>/gi, ''), 'text/html')
  const { body } = page
  body.querySelectorAll(DROPPED).forEach((one) => one.remove())
  comments(body)
  for (const one of [...body.querySelectorAll<HTMLElement>('*')]) {
    if (/^(o|v|w|m|st1):/i.test(one.tagName)) one.replaceWith(...one.childNodes)
  }
  const lists = [...body.querySelectorAll<HTMLElement>('p, div, li')].filter(isWordItem)
  for (const one of lists) listed(one, lists)
  const found = pictures(body, name)
  headings(body)
  empties(body)
  for (const one of body.querySelectorAll('*')) strip(one)
  return { html: body.innerHTML, ...found }
}

function comments(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, 128)
  const found: Node[] = []
  while (walker.nextNode()) found.push(walker.currentNode)
  for (const one of found) one.parentNode?.removeChild(one)
}

const styleOf = (one: Element): string => (one.getAttribute('style') ?? '').toLowerCase().replace(/\s/g, '')
const isWordItem = (one: Element): boolean => one.tagName !== 'LI' && /mso-list:l\d+level\d+/.test(styleOf(one))

/** Word writes a list as paragraphs with a sign before each: one run of them becomes one list. */
function listed(first: HTMLElement, all: HTMLElement[]): void {
  if (!all.includes(first) || !first.isConnected || first.dataset.item) return
  const run: HTMLElement[] = []
  for (let one: Element | null = first; one && all.includes(one as HTMLElement); one = one.nextElementSibling) run.push(one as HTMLElement)
  const page = first.ownerDocument
  let top: HTMLElement | null = null
  const open: { level: number; list: HTMLElement }[] = []
  for (const one of run) {
    const level = Number(/level(\d+)/.exec(styleOf(one))?.[1] ?? 1)
    const sign = signOf(one)
    while (open.length && open[open.length - 1].level > level) open.pop()
    let holder = open.at(-1)
    if (!holder || holder.level < level) {
      const list = page.createElement(/^[(（]?(\d+|[a-z]|[ivx]+|[一二三四五六七八九十]+)[.)、．）]/i.test(sign) ? 'ol' : 'ul')
      const under = holder?.list.lastElementChild
      if (under) under.append(list)
      else if (!top) { first.before(list); top = list }
      holder = { level, list }
      open.push(holder)
    }
    const item = page.createElement('li')
    const words = page.createElement('p')
    words.append(...one.childNodes)
    item.append(words)
    holder.list.append(item)
    one.dataset.item = '1'
    one.remove()
  }
}

function signOf(one: HTMLElement): string {
  const sign = [...one.querySelectorAll('span')].find((span) => styleOf(span).includes('mso-list:ignore'))
  const text = sign?.textContent?.trim() ?? ''
  sign?.remove()
  return text
}

function pictures(body: HTMLElement, name: (at: number) => string): { pictures: File[]; left: number } {
  const kept: File[] = []
  let left = 0
  for (const one of body.querySelectorAll('img')) {
    const src = one.getAttribute('src') ?? ''
    if (OWN.test(src)) continue
    const file = fromData(src, name(kept.length + 1))
    if (file) kept.push(file)
    // What counts who reads it is nobody's picture.
    else if (!(Number(one.getAttribute('width') ?? 99) <= 2 && Number(one.getAttribute('height') ?? 99) <= 2)) left += 1
    one.remove()
  }
  return { pictures: kept, left }
}

function fromData(src: string, name: string): File | null {
  const found = /^data:(image\/(png|jpeg|gif|webp));base64,([a-z0-9+/=\s]+)$/i.exec(src)
  if (!found) return null
  const bytes = Uint8Array.from(atob(found[3].replace(/\s/g, '')), (sign) => sign.charCodeAt(0))
  return new File([bytes], `${name}.${found[2].toLowerCase().replace('jpeg', 'jpg')}`, { type: found[1].toLowerCase() })
}

/** A mail has no headings: they are bold lines. */
function headings(body: HTMLElement): void {
  for (const one of body.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const line = body.ownerDocument.createElement('p')
    const bold = body.ownerDocument.createElement('strong')
    bold.append(...one.childNodes)
    line.append(bold)
    one.replaceWith(line)
  }
}

const isEmpty = (one: Element | null): boolean => !!one && /^(P|DIV)$/.test(one.tagName) && !one.textContent?.replace(/\u00a0/g, ' ').trim() && !one.querySelector('img, table, hr, li')
/** Of several empty lines one is enough. */
function empties(body: HTMLElement): void {
  for (const one of [...body.querySelectorAll('p, div')]) if (isEmpty(one) && (isEmpty(one.previousElementSibling) || !one.previousElementSibling)) one.remove()
}

const KEPT: Record<string, string[]> = { A: ['href'], IMG: ['src', 'alt', 'data-file', 'width'], TD: ['colspan', 'rowspan'], TH: ['colspan', 'rowspan'], OL: ['start'] }
/** Which emphasis a style holds is said by a tag, so that nothing else of it stays. */
function strip(one: Element): void {
  const style = styleOf(one)
  const wraps: string[] = []
  if (!/^(B|STRONG|TH)$/.test(one.tagName) && /font-weight:(bold|[6-9]00)/.test(style)) wraps.push('strong')
  if (!/^(I|EM)$/.test(one.tagName) && /font-style:italic/.test(style)) wraps.push('em')
  const plain = /^(B|STRONG)$/.test(one.tagName) && /font-weight:(normal|400)/.test(style)
  for (const { name } of [...one.attributes]) if (!KEPT[one.tagName]?.includes(name)) one.removeAttribute(name)
  if (/^(SPAN|FONT|P|LI|TD)$/.test(one.tagName)) for (const tag of wraps) {
    const inner = one.ownerDocument.createElement(tag)
    if (one.querySelector('p, div, ul, ol, table')) break
    inner.append(...one.childNodes)
    one.append(inner)
  }
  const href = one.tagName === 'A' ? (one.getAttribute('href') ?? '') : ''
  if (plain || (one.tagName === 'A' && !/^(https?:|mailto:|tel:)/i.test(href.trim()))) one.replaceWith(...one.childNodes)
}
