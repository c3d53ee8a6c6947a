// The socket: says who it is in its first frame, resumes by cursor, comes back by itself.
import type { Frame } from './types'

const PING_MS = 25000
const SILENCE_MS = 70000

interface Ear {
  token(): string | null
  cursor(): string | undefined
  frame(frame: Frame): void
  /** `up` once the server has greeted; false when the connection is gone. */
  state(up: boolean): void
}

export class Live {
  private socket: WebSocket | null = null
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private pulse: ReturnType<typeof setInterval> | undefined
  private heardAt = 0
  private wanted = false

  constructor(
    private url: string,
    private ear: Ear,
  ) {}

  start(): void {
    this.wanted = true
    if (!this.socket || this.socket.readyState > 1) this.connect()
  }

  stop(): void {
    this.wanted = false
    clearTimeout(this.timer)
    this.socket?.close()
  }

  /** Try now instead of after the pause, for instance when the device is online again. */
  hurry(): void {
    this.tries = 0
    clearTimeout(this.timer)
    if (this.wanted) this.start()
  }

  private connect(): void {
    const token = this.ear.token()
    if (!token) return
    clearTimeout(this.timer)
    const socket = (this.socket = new WebSocket(this.url))
    socket.onopen = () => {
      this.heardAt = Date.now()
      socket.send(JSON.stringify({ t: 'auth', token, cursor: this.ear.cursor() ?? null }))
      this.pulse = setInterval(() => this.beat(socket), PING_MS)
    }
    socket.onmessage = (event) => {
      this.heardAt = Date.now()
      let frame: Frame
      try {
        frame = JSON.parse(String(event.data)) as Frame
      } catch {
        return
      }
      if (frame.t === 'hello') {
        this.tries = 0
        this.ear.state(true)
      }
      this.ear.frame(frame)
    }
    socket.onclose = () => {
      clearInterval(this.pulse)
      if (this.socket !== socket) return
      this.socket = null
      this.ear.state(false)
      if (!this.wanted) return
      const wait = Math.min(20000, 500 * 2 ** Math.min(this.tries++, 6)) * (0.5 + Math.random())
      this.timer = setTimeout(() => this.connect(), wait)
    }
  }

  private beat(socket: WebSocket): void {
    if (Date.now() - this.heardAt > SILENCE_MS) socket.close()
    else if (socket.readyState === 1) socket.send('{"t":"ping"}')
  }
}
