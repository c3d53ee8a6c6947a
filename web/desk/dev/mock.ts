/** A pretended server for work without one: VITE_MOCK=1 npm run dev. Never part of a build. */
import type { ConversationRow, Message } from '../src/api/types'
import { answer } from './answers'
import { data } from './data'

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const real = window.fetch.bind(window)
window.fetch = async (input, init) => {
  const url = new URL(String(input instanceof Request ? input.url : input), location.origin)
  if (!url.pathname.startsWith('/api')) return real(input, init)
  await pause(40)
  if (!navigator.onLine || sockets.down) throw new TypeError('offline')
  const body = init?.body ? JSON.parse(String(init.body)) : {}
  const [status, found] = answer(init?.method ?? 'GET', url.pathname.slice(4), url.searchParams, body, push)
  return new Response(status === 204 ? null : JSON.stringify(found), { status })
}

export const sockets: { open: Set<MockSocket>; down: boolean } = { open: new Set(), down: false }
let cursor = 0

/** Send fresh rows and messages to the desk as facts. */
export function push(conversations: ConversationRow[], messages: Message[] = [], type = 'MessageReceived'): void {
  const facts = conversations.map((row) => ({ id: crypto.randomUUID(), type, at: new Date().toISOString(), conversation_id: row.id, leg_id: null, agent_id: row.agent_id, queue_id: row.queue_id, customer_id: row.customer.id, actor: '', payload: {} }))
  frame({ t: 'facts', cursor: String(++cursor), facts, conversations, messages, gone: [] })
}
export function frame(value: unknown): void {
  for (const one of sockets.open) one.onmessage?.({ data: JSON.stringify(value) } as MessageEvent)
}

class MockSocket {
  static OPEN = 1
  readyState = 0
  onmessage: ((event: MessageEvent) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor() {
    setTimeout(() => {
      if (sockets.down) { this.close(); return }
      this.readyState = 1
      sockets.open.add(this)
      this.onmessage?.({ data: JSON.stringify({ t: 'hello', cursor: String(cursor), now: new Date().toISOString() }) } as MessageEvent)
    }, 30)
  }
  send(text: string) {
    if (JSON.parse(text).t === 'ping') this.onmessage?.({ data: '{"t":"pong"}' } as MessageEvent)
  }
  close() {
    sockets.open.delete(this)
    this.readyState = 3
    setTimeout(() => this.onclose?.())
  }
}
const RealSocket = window.WebSocket
window.WebSocket = function (url: string, protocol?: string) {
  return url.includes('/api/live') ? new MockSocket() : new RealSocket(url, protocol)
} as unknown as typeof WebSocket
Object.assign(window.WebSocket, { OPEN: 1 })

class MockUpload extends EventTarget {
  upload: { onprogress?: (event: unknown) => void } = {}
  status = 0
  response: unknown = null
  responseType = ''
  onload?: () => void
  open() {}
  setRequestHeader() {}
  async send(form: FormData) {
    const file = form.get('file') as File
    for (const share of [0.3, 0.7, 1]) { await pause(120); this.upload.onprogress?.({ lengthComputable: true, loaded: share, total: 1 }) }
    this.status = 201
    const image = file.type.startsWith('image/')
    this.response = { id: crypto.randomUUID(), name: file.name, kind: image ? 'image' : 'file', mime: file.type, size: file.size, width: 480, height: 320, url: URL.createObjectURL(file), thumb_url: null }
    this.onload?.()
  }
}
window.XMLHttpRequest = MockUpload as unknown as typeof XMLHttpRequest
Object.assign(window, { mock: { data, push, frame, sockets } })
