// A friendly word of an agent above the launcher: opening the window is the yes, closing it the no.
// It takes no focus and covers nothing but its corner; the open panel lies above it.
type Invited = { id: string; text: string; agent_name: string; colour: string; position: string }
type Launcher = { open(): void; on(name: string, ear: () => void): () => void }

const css = `:host{all:initial}*{box-sizing:border-box;margin:0}section{position:fixed;bottom:84px;z-index:2147482999;width:320px;max-width:calc(100vw - 40px);padding:16px;border-radius:12px;background:#fff;color:#16202a;box-shadow:0 4px 24px #0004;font:400 16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}h2{font-size:14px;font-weight:600;color:#4a5864}p{margin:4px 0 12px;white-space:pre-line;overflow-wrap:anywhere;max-height:40vh;overflow:auto}div{display:flex;gap:8px}button{min-height:44px;padding:0 16px;border:0;border-radius:22px;background:none;color:#4a5864;font:inherit;cursor:pointer}button:first-child{background:var(--c);color:#fff;font-weight:600}button:focus-visible{outline:3px solid var(--c);outline-offset:2px}@media(prefers-color-scheme:dark){section{background:#1a232a;color:#e6ecf1}h2,button{color:#b4c0ca}}`

/** Show the bubble; `refuse` hears a no. Returns what takes the bubble away. */
export function bubble(invited: Invited, refuse: () => void): () => void {
  const launcher = (window as unknown as { peakend: Launcher }).peakend
  const zh = /^zh/i.test(document.documentElement.lang || navigator.language)
  const host = document.createElement('peakend-invitation')
  const shadow = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadow.adoptedStyleSheets = [sheet]
  const add = <K extends keyof HTMLElementTagNameMap>(name: K, to: Node, text = '') => {
    const made = to.appendChild(document.createElement(name))
    made.textContent = text
    return made
  }
  if (/^#[\da-f]{6}$/i.test(invited.colour)) host.style.setProperty('--c', invited.colour)
  else host.style.setProperty('--c', '#0b6b75')
  const card = add('section', shadow)
  card.style[invited.position === 'left' ? 'left' : 'right'] = '20px'
  const name = invited.agent_name
  card.ariaLabel = zh ? `客服${name}的邀请` : `${name} offers help`
  add('h2', card, zh ? `客服${name}` : name)
  const words = add('p', card)
  words.role = 'status'
  const row = add('div', card)
  const yes = add('button', row, zh ? '开始对话' : 'Start chat')
  const no = add('button', row, zh ? '不用了，谢谢' : 'No, thanks')

  const away = () => {
    forget()
    host.remove()
  }
  const forget = launcher.on('open', away)
  yes.onclick = () => launcher.open()
  const refused = () => {
    away()
    refuse()
  }
  no.onclick = refused
  card.onkeydown = (event) => {
    if (event.key === 'Escape') refused()
  }
  document.documentElement.append(host)
  // Words that come into a status that stands already are read aloud.
  requestAnimationFrame(() => (words.textContent = invited.text))
  return away
}
