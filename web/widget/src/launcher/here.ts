// A second line for pages whose house wants to know who is on the site: tells which page is looked
// at, every so often while the tab is seen. No name, no cookie; the tab's number is forgotten with it.
const own = document.currentScript as HTMLScriptElement
const { channel = '' } = own.dataset
const server = new URL(own.src).origin
const place = `peakend:${channel}:`

const kept = (store: Storage, name: string, value: string): string => {
  try {
    const known = store.getItem(place + name)
    if (known === null) store.setItem(place + name, value)
    return known ?? ''
  } catch {
    return ''
  }
}

const number = crypto.randomUUID?.()
const id = (number && kept(sessionStorage, 'here', number)) || number
// Set when somebody comes for the first time; a new tab of the same browser finds it.
const came_before = !!kept(localStorage, 'been', '1')
let timer: ReturnType<typeof setTimeout> | undefined

async function tell(): Promise<void> {
  clearTimeout(timer)
  if (!id || document.hidden) return
  let pause = 20
  try {
    const answer = await fetch(`${server}/api/web/${encodeURIComponent(channel)}/visits`, {
      method: 'POST',
      credentials: 'omit',
      body: JSON.stringify({
        id,
        url: location.href.slice(0, 2000),
        title: document.title.slice(0, 500),
        referrer: document.referrer.slice(0, 2000),
        came_before,
        signed_in: 'signedIn' in own.dataset,
      }),
    })
    // Where the house does not want to know, this tab says nothing more.
    if (answer.ok) pause = ((await answer.json()) as { next_s: number }).next_s
    else if (answer.status !== 429 && answer.status < 500) pause = 0
    else pause = 60
  } catch {
    pause = 60
  }
  if (pause) timer = setTimeout(() => void tell(), pause * 1000)
  else document.removeEventListener('visibilitychange', seen)
}

const seen = () => void tell()
document.addEventListener('visibilitychange', seen)
void tell()
