/** The live socket: resumes by cursor, comes back with growing and scattered pauses, and never reloads the page. */
import { reactive } from 'vue'
import type { Frame } from '@/api/types'
import { learnNow } from './clock'

export const connection = reactive({ open: false, lostAt: 0, shown: false, last: Date.now() })

type Listener<T> = (frame: T) => void
const listeners = new Set<Listener<Frame>>()
let socket: WebSocket | null = null
let cursor = ''
let attempts = 0
let wanted = false
let retry = 0
let heart = 0
let amber = 0

/** Hear every frame; returns the function that stops it. */
export function onFrame(listener: Listener<Frame>): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Hear the frames that carry facts. */
export function onFacts(listener: Listener<Extract<Frame, { t: 'facts' }>>): () => void {
  return onFrame((frame) => { if (frame.t === 'facts') listener(frame) })
}

export function startLive(): void {
  if (wanted) return
  wanted = true
  open()
}

export function stopLive(): void {
  wanted = false
  clearTimeout(retry)
  socket?.close()
}

/** Say something to the server; dropped when there is no connection, because it would be stale later. */
export function say(frame: Record<string, unknown>): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
}

function open(): void {
  clearTimeout(retry)
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const here = new WebSocket(`${scheme}://${location.host}/api/live${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)
  socket = here
  here.onmessage = (event) => { if (socket === here) hear(String(event.data)) }
  here.onclose = () => { if (socket === here) lost() }
  here.onerror = () => here.close()
}

function hear(text: string): void {
  const frame = JSON.parse(text) as Frame
  connection.last = Date.now()
  if (frame.t === 'hello') {
    learnNow(frame.now)
    attempts = 0
    connection.open = true
    connection.shown = false
    connection.lostAt = 0
    clearTimeout(amber)
    clearInterval(heart)
    heart = window.setInterval(beat, 20_000)
  }
  if (frame.t === 'resync') cursor = ''
  if (frame.t === 'bye') { location.assign('/desk/login'); return }
  for (const listener of [...listeners]) listener(frame)
  if ('cursor' in frame && typeof frame.cursor === 'string') cursor = frame.cursor
}

function beat(): void {
  if (Date.now() - connection.last > 50_000) drop()
  else say({ t: 'ping' })
}

/** Give a dead connection up at once: without a network the browser reports its end only minutes later. */
function drop(): void {
  const gone = socket
  if (!gone) return
  lost()
  gone.close()
}

function lost(): void {
  clearInterval(heart)
  socket = null
  if (!connection.lostAt) {
    connection.lostAt = Date.now()
    amber = window.setTimeout(() => (connection.shown = true), 3000)
  }
  connection.open = false
  if (!wanted) return
  const pause_ms = Math.min(20_000, 400 * 2 ** attempts) * (0.5 + Math.random())
  attempts += 1
  clearTimeout(retry)
  retry = window.setTimeout(open, pause_ms)
}

addEventListener('online', () => { if (wanted && !socket) { attempts = 0; open() } })
addEventListener('offline', drop)
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && wanted && !socket) { attempts = 0; open() }
})
