// A second line for pages whose house wants to know who is on the site: tells which page is looked
// at, every so often while the tab is seen. No name, no cookie; the tab's number is forgotten with it.
// What it hears back may be an invitation to chat: its bubble is fetched only then.
const own = document.currentScript as HTMLScriptElement
const { channel = '' } = own.dataset
const server = new URL(own.src).origin
const api = `${server}/api/web/${encodeURIComponent(channel)}/`
const place = `peakend:${channel}:`
type Memory = 'asked' | 'refused'
type Invited = { id: string; text: string; agent_name: string; colour: string; position: string }

const kept = (store: Storage, name: string, value: string): string => {
  try {
    const known = store.getItem(place + name)
    if (known === null) store.setItem(place + name, value)
    return known ?? ''
  } catch {
    return ''
  }
}

// That this browser was asked, or said no, is known to nobody else: no number of its own leads to it.
const remember = (what: Memory) => {
  try {
    localStorage.setItem(place + what, '' + Date.now())
  } catch {
    // Where storage is refused the server still knows this tab.
  }
}
const ago = (what: Memory): number | undefined => {
  try {
    const at = localStorage.getItem(place + what)
    const s = Math.floor((Date.now() - Number(at)) / 1000)
    return at && s >= 0 && s < 3e7 ? s : undefined
  } catch {
    return undefined
  }
}

const number = crypto.randomUUID?.()
const id = (number && kept(sessionStorage, 'here', number)) || number
// Set when somebody comes for the first time; a new tab of the same browser finds it.
const came_before = !!kept(localStorage, 'been', '1')
let timer: ReturnType<typeof setTimeout> | undefined
let invited = ''
let away: (() => void) | undefined

const send = (path: string, body: unknown) =>
  fetch(api + path, { method: 'POST', credentials: 'omit', body: JSON.stringify(body) })

async function tell(): Promise<void> {
  clearTimeout(timer)
  if (!id || document.hidden) return
  let pause = 20
  try {
    const answer = await send('visits', {
      id,
      url: location.href.slice(0, 2000),
      title: document.title.slice(0, 500),
      referrer: document.referrer.slice(0, 2000),
      came_before,
      signed_in: 'signedIn' in own.dataset,
      asked_s: ago('asked'),
      refused_s: ago('refused'),
    })
    // Where the house does not want to know, this tab says nothing more.
    if (answer.ok) {
      const heard = (await answer.json()) as { next_s: number; invitation?: Invited | null }
      pause = heard.next_s
      await show(heard.invitation ?? null)
    } else if (answer.status !== 429 && answer.status < 500) pause = 0
    else pause = 60
  } catch {
    pause = 60
  }
  if (pause) timer = setTimeout(() => void tell(), pause * 1000)
  else document.removeEventListener('visibilitychange', seen)
}

/** Show the bubble of an invitation, once; take it away when it no longer waits. */
async function show(now: Invited | null): Promise<void> {
  if (!now || !('peakend' in window)) return now ? undefined : away?.()
  if (invited === now.id) return
  const { bubble } = await import(`${server}/widget-invite.js`)
  invited = now.id
  remember('asked')
  away?.()
  away = bubble(now, () => {
    remember('refused')
    // The browser remembers the no even where the line is away.
    send('refusals', { id }).catch(() => undefined)
  })
}

const seen = () => void tell()
document.addEventListener('visibilitychange', seen)
void tell()
