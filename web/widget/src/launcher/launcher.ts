// The one line a shop puts on its pages. A button now; the panel's frame at the first click.
// Appended to <html>, so pages that swap their <body> keep it, and the frame is never moved.
type Json = Record<string, unknown>
type Page = { url: string; title: string }

const me = document.currentScript as HTMLScriptElement
const { channel: key = '', lang, colour = '#0b6b75', position } = me.dataset
const base = new URL(me.src).origin
const root = document.documentElement
const zh = /^zh/i.test(lang || root.lang || navigator.language)
const tag = 'peakend-launcher'
const memory = 'peakend:' + key
const side = position === 'left' ? 'left' : 'right'
const css = `:host{all:initial}*{box-sizing:border-box;position:fixed;${side}:20px;z-index:2147483000}button{bottom:max(20px,env(safe-area-inset-bottom));display:flex;align-items:center;gap:8px;height:52px;padding:0 18px 0 14px;border:0;border-radius:26px;background:var(--c);color:#fff;font:600 16px/1 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;cursor:pointer;box-shadow:0 2px 10px #0004}button *{position:static}i{width:26px;height:26px;background:currentColor;clip-path:path(evenodd,"M2 4h22v15H12l-5 5v-5H2zM7 9h12v2H7zM7 13h8v2H7z")}button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px var(--c)}b{position:absolute;top:-6px;right:-4px;min-width:22px;height:22px;border-radius:11px;background:#b42323;font-size:13px;line-height:22px;padding:0 6px}iframe{bottom:84px;width:400px;height:min(680px,100vh - 104px);border:0;border-radius:12px;box-shadow:0 8px 40px #0005;background:Canvas}iframe.l{width:480px;bottom:20px;height:calc(100vh - 40px)}@media(max-width:480px){iframe,iframe.l{inset:0;width:100%;height:100%;border-radius:0}}[hidden]{display:none!important}`

/** What this tab remembers from page to page; nothing where storage is refused. */
const store = (name: string, value?: string): string => {
  try {
    if (value) sessionStorage.setItem(memory + name, value)
    return sessionStorage.getItem(memory + name) || ''
  } catch {
    return ''
  }
}

function start(): void {
  customElements.define(tag, class extends HTMLElement {})
  const host = document.createElement(tag)
  const shadow = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]
  // Made node by node: pages that demand Trusted Types refuse markup.
  const add = <K extends keyof HTMLElementTagNameMap>(name: K, to: Node = shadow) =>
    to.appendChild(document.createElement(name))
  const button = add('button')
  add('i', button)
  const word = zh ? '在线客服' : 'Support'
  add('span', button).textContent = word
  const badge = add('b', button)
  host.style.setProperty('--c', colour)

  const ears: Record<string, Set<(value: unknown) => void>> = {}
  const tell = (name: string, value?: unknown) => ears[name]?.forEach((ear) => ear(value))
  let frame: HTMLIFrameElement | undefined
  let ready = false
  let shown = false
  let identity: unknown
  let last = ''
  let trail: Page[] = JSON.parse(store('trail') || '[]')

  const post = (message: Json) =>
    ready && frame!.contentWindow!.postMessage({ peakend: 1, ...message }, base)

  const load = () => {
    if (frame) return
    frame = add('iframe')
    frame.title = word
    frame.hidden = true
    frame.allow = 'microphone;camera;clipboard-write'
    frame.src = `${base}/w/${key}?lang=${zh ? 'zh-CN' : 'en'}&origin=${encodeURIComponent(location.origin)}&here=${store(':here')}`
  }

  const show = (on: boolean) => {
    if (on === shown) return
    if (on) load()
    shown = on
    frame!.hidden = !on
    button.ariaExpanded = '' + on
    store('panel', on ? 'open' : 'shut')
    post({ t: 'open', on })
    on ? frame!.focus() : button.focus()
    tell(on ? 'open' : 'close')
  }

  const count = (n: number) => {
    badge.textContent = n > 99 ? '99+' : '' + n
    badge.hidden = !n
    button.ariaLabel = n ? `${word} (${n})` : word
    tell('unread', n)
  }

  const keep = (pages: Page[]) => store('trail', JSON.stringify((trail = pages)))

  const page = (url = location.href, title = document.title) => {
    const now = { url, title }
    if (ready) return post({ t: 'page', page: now })
    keep([...trail, now].slice(-20))
  }

  // Single-page shops set the title after the address, so look a moment later.
  const moved = () =>
    setTimeout(() => {
      if (last === location.href) return
      last = location.href
      page()
    }, 300)

  addEventListener('message', ({ origin, source, data }) => {
    if (!frame || origin !== base || source !== frame.contentWindow || data?.peakend !== 1) return
    if (data.t === 'ready') {
      ready = true
      if (identity !== undefined) post({ t: 'identify', identity })
      post({ t: 'hello', pages: trail, open: shown })
      keep([])
    } else if (data.t === 'close') show(false)
    else if (data.t === 'unread') count(+data.n)
    else if (data.t === 'look') {
      if (/^#[\da-f]{6}$/i.test(data.colour)) host.style.setProperty('--c', data.colour)
      frame.className = data.large ? 'l' : ''
    }
  })

  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args)
      moved()
    }
  }
  addEventListener('popstate', moved)
  button.onclick = () => show(!shown)
  button.ariaExpanded = 'false'
  count(0)
  root.append(host)
  moved()
  ;(window as unknown as Json).peakend = {
    open: () => show(true),
    close: () => show(false),
    identify: (who: unknown) => {
      identity = who
      post({ t: 'identify', identity })
    },
    page,
    on: (name: string, ear: (value: unknown) => void) => {
      ;(ears[name] ??= new Set()).add(ear)
      return () => ears[name]!.delete(ear)
    },
  }
  dispatchEvent(new Event('peakend:ready'))
  // This tab had the panel open: open it again; had it shut: listen on for answers.
  const was = store('panel')
  if (was === 'open') show(true)
  else if (was) setTimeout(load, 2000)
}

if (!customElements.get(tag)) start()
