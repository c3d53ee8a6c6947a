/** Desktop notices, and the unread count in the title and on the icon. */
import { ref, watch } from 'vue'
import { preferences } from './session'
import { theme } from './theme'

export const unread = ref(0)
export const pageTitle = ref('')

export function noticesAllowed(): boolean {
  return typeof Notification !== 'undefined' && Notification.permission === 'granted'
}

/** Whether the person said no; only the browser's own settings take that back. */
export function noticesBlocked(): boolean {
  return typeof Notification === 'undefined' || Notification.permission === 'denied'
}

export async function askForNotices(): Promise<boolean> {
  return typeof Notification !== 'undefined' && (await Notification.requestPermission()) === 'granted'
}

/** Tell the desktop while the page is not looked at; the text of a message only when the person wants it. */
export function notice(title: string, text: string, tag: string, open: () => void): void {
  if (!document.hidden || !noticesAllowed() || preferences.notices === false) return
  const shown = new Notification(title, { tag, body: preferences.notice_text ? text : undefined })
  shown.onclick = () => {
    window.focus()
    shown.close()
    open()
  }
}

// When one rests, because a title is told to the whole browser: who goes through the list pays for it once.
let titling = 0
watch([pageTitle, unread], () => {
  const name = pageTitle.value ? `${pageTitle.value} · Peakend` : 'Peakend'
  clearTimeout(titling)
  titling = window.setTimeout(() => (document.title = unread.value ? `(${unread.value}) ${name}` : name), 600)
}, { immediate: true })
watch([unread, theme], () => paint(unread.value), { immediate: true, flush: 'post' })

function paint(count: number): void {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 32
  const pen = canvas.getContext('2d')
  if (!pen) return
  const css = getComputedStyle(document.documentElement)
  pen.fillStyle = css.getPropertyValue('--brand')
  pen.beginPath()
  pen.roundRect(0, 0, 32, 32, 7)
  pen.fill()
  pen.fillStyle = css.getPropertyValue('--on-brand')
  pen.font = '600 21px sans-serif'
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText('P', 16, 17)
  if (count) {
    pen.fillStyle = css.getPropertyValue('--danger')
    pen.beginPath()
    pen.arc(22, 10, 10, 0, 7)
    pen.fill()
    pen.fillStyle = css.getPropertyValue('--on-danger')
    pen.font = '600 13px sans-serif'
    pen.fillText(count > 9 ? '9+' : String(count), 22, 10.5)
  }
  document.querySelector<HTMLLinkElement>('link[rel=icon]')?.setAttribute('href', canvas.toDataURL())
}
