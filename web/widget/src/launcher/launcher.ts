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
const css = `:host{all:initial}*{box-sizing:border-box;position:fixed;${side}:20px;z-index:2147483000}button{bottom:max(20px,env(safe-area-inset-bottom));display:flex;align-items:center;gap:8px;height:52px;padding:0 18px 0 14px;border:0;border-radius:26px;background:var(--c);color:#fff;font:600 16px/1 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;cursor:pointer;box-shadow:0 2px 10px #0004}button *{position:static}button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px var(--c)}b{position:absolute;top:-6px;right:-4px;min-width:22px;height:22px;border-radius:11px;background:#b42323;font-size:13px;line-height:22px;padding:0 6px}iframe{bottom:84px;width:400px;height:min(680px,100vh - 104px);border:0;border-radius:12px;box-shadow:0 8px 40px #0005;background:Canvas}iframe.l{width:480px;bottom:20px;height:calc(100vh - 40px)}@media(max-width:480px){iframe,iframe.l{inset:0;width:100%;height:100%;border-radius:0}}[hidden]{display:none!important}`

const store = (value?: string): string | null => {
  try {
    if (value) sessionStorage.setItem(memory, value)
    return sessionStorage.getItem(memory)
  } catch {
    return null
  }
}

function start(): void {
  customElements.define(tag, class extends HTMLElement {})
  const host = document.createElement(tag)
  const shadow = host.attachShadow({ mode: 'closed' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]
  shadow.innerHTML =
    '<button aria-expanded="false"><svg width="26" height="26" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" aria-hidden="true"><path d="M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5"/></svg><span></span><b hidden></b></button>'
  const button = shadow.querySelector('button')!
  const badge = shadow.querySelector('b')!
  const word = zh ? '在线客服' : 'Support'
  shadow.querySelector('span')!.textContent = word
  host.style.setProperty('--c', colour)

  const ears: Record<string, Set<(value: unknown) => void>> = {}
  const tell = (name: string, value?: unknown) => ears[name]?.forEach((ear) => ear(value))
  let frame: HTMLIFrameElement | undefined
  let ready = false
  let shown = false
  let identity: unknown
  let last = ''
  const trail: Page[] = []

  const post = (message: Json) =>
    ready && frame!.contentWindow!.postMessage({ peakend: 1, ...message }, base)

  const load = () => {
    if (frame) return
    frame = document.createElement('iframe')
    frame.title = word
    frame.hidden = true
    frame.allow = 'microphone;camera;clipboard-write;autoplay'
    const language = zh ? 'zh-CN' : 'en'
    frame.src = `${base}/w/${key}?embed=1&lang=${language}&origin=${encodeURIComponent(location.origin)}`
    shadow.append(frame)
  }

  const show = (on: boolean) => {
    if (on === shown) return
    if (on) load()
    shown = on
    frame!.hidden = !on
    button.setAttribute('aria-expanded', '' + on)
    store(on ? 'open' : 'shut')
    post({ t: 'open', on })
    on ? frame!.focus() : button.focus()
    tell(on ? 'open' : 'close')
  }

  const count = (n: number) => {
    badge.textContent = n > 99 ? '99+' : '' + n
    badge.hidden = !n
    button.setAttribute('aria-label', n ? `${word} (${n})` : word)
    tell('unread', n)
  }

  const page = (url = location.href, title = document.title) => {
    const now = { url, title }
    if (ready) return post({ t: 'page', page: now })
    trail.push(now)
    if (trail.length > 20) trail.shift()
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
      post({ t: 'hello', pages: trail.splice(0), open: shown })
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
  const was = store()
  if (was === 'open') show(true)
  else if (was) setTimeout(load, 2000)
}

if (!customElements.get(tag)) start()
