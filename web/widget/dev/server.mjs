// A stand-in for the visitor API, for looking at the panel without the server. Not shipped.
// node dev/server.mjs [port]; /control?do=... changes what it does next.
import { createServer } from 'node:http'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'

const built = new URL('../../dist/widget/', import.meta.url).pathname
const kinds = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8' }

export function serve(port = 8099) {
  const world = { visitors: new Map(), posts: [], down: false, closed: false, sockets: new Set() }
  const now = () => new Date().toISOString()

  const say = (visitor, kind, text, more = {}) => {
    const c = visitor.conversation
    const message = { id: randomUUID(), seq: ++c.last_seq, kind, text, author_name: null, at: now(), client_id: null, files: [], sources: [], code: null, params: null, judged: null, ...more }
    c.messages.push(message)
    push(visitor, { t: 'messages', messages: [message], cursor: String(c.last_seq) })
    return message
  }
  const push = (visitor, frame) => {
    for (const socket of world.sockets)
      if (socket.visitor === visitor) socket.send(JSON.stringify(frame))
  }
  const short = (c) => c && { ...c, messages: undefined }
  const changed = (visitor) => push(visitor, { t: 'conversation', conversation: short(visitor.conversation) })
  const open = (visitor) => {
    if (visitor.conversation && visitor.conversation.state !== 'closed') return
    visitor.conversation = { id: randomUUID(), number: 1024, state: 'digital', agent: null, last_seq: 0, messages: [], waiting: null, out_of_hours: null, survey: null, agent_read_seq: 0, others: [{ kind: 'phone', label: '', href: 'tel:400-000-0000' }, { kind: 'help', label: '', href: '/help' }, { kind: 'callback_message', label: '留言', href: null }] }
  }
  const answer = (visitor, text) => {
    if (/着|hob/.test(text))
      say(visitor, 'digital', '多数情况是阀门没开、电池没电，或者旋钮按住的时间不够。\n\n**闻到燃气味时请停下来**：关阀、开窗、到室外，拨打400-000-0001。\n\n1. **看阀门。** 灶下黄色手柄与管道平行是开，垂直是关。\n2. **换电池。** 换上两节新的1号电池。\n3. **按住再转。** 看到火焰后继续按住3至5秒再松手。\n\n详见 [帮助](/help/hob) 与 <img src=x onerror=alert(1)>', { code: 'answer', sources: [{ article_id: '1', title: '燃气灶打不着火怎么办', url: '/help/hob-does-not-light' }] })
    else say(visitor, 'digital', '这个问题我没有把握，不想给您不准确的答案。可以请人工客服处理。', { code: 'unknown' })
    changed(visitor)
  }
  const wait = (visitor) => {
    open(visitor)
    const c = visitor.conversation
    c.state = 'waiting'
    if (world.closed) c.out_of_hours = { next_open_at: new Date(Date.now() + 9 * 36e5).toISOString(), promised_at: new Date(Date.now() + 10 * 36e5).toISOString() }
    else c.waiting = { position: 3, low_s: 120, high_s: 290, updated_at: now() }
    say(visitor, 'system', '', { code: 'queued' })
    changed(visitor)
  }
  const take = (visitor, name = '李敏') => {
    const c = visitor.conversation
    Object.assign(c, { state: 'serving', agent: { name, avatar_url: null }, waiting: null, out_of_hours: null })
    say(visitor, 'system', '', { code: 'handed_over', params: { name } })
    c.agent_read_seq = c.last_seq
    changed(visitor)
    say(visitor, 'agent', '您好，我是李敏。您刚才的问题和智能助手的回答我都看到了，请问现在阀门是平行还是垂直的？', { author_name: name })
  }
  const finish = (visitor) => {
    const c = visitor.conversation
    Object.assign(c, { state: 'closed', waiting: null, survey: { token: 'once', asked: true, answered: false } })
    say(visitor, 'system', '', { code: 'closed' })
    changed(visitor)
  }

  const routes = {
    'GET /config': () => ({ channel: { name: '安居家客服', look: { colour: '#0b6b75', title_zh: '安居家客服', title_en: 'Anjujia support', questions_zh: '煤气灶打不着火；怎么预约安检；燃气费怎么交', questions_en: 'My hob does not light; Book a safety check', phone: '400-000-0000' } }, languages: ['zh-CN', 'en'], hours: { open_now: !world.closed, next_open_at: world.closed ? new Date(Date.now() + 9 * 36e5).toISOString() : null }, brand: { name: '安居家', mark: null, footer_zh: '安居家服务中心', footer_en: 'Anjujia service centre', links: [{ name_zh: '隐私说明', name_en: 'Privacy', url: 'https://anjujia.example/privacy' }] }, limits: { file_bytes: 20 * 1048576, files: 5 }, others: [{ kind: 'phone', label: '', href: 'tel:400-000-0000' }] }),
    'POST /sessions': (_, body) => {
      let token = body.resume ?? body.token
      if (!world.visitors.has(token)) world.visitors.set((token = randomUUID()), { id: randomUUID(), pages: [], identity: body.identity })
      const visitor = world.visitors.get(token)
      return { token, visitor_id: visitor.id, identified: !!visitor.identity, conversation: visitor.conversation ?? null }
    },
    'POST /identities': (visitor, body) => ({ identified: !!(visitor.identity = body.identity) }),
    'POST /pages': (visitor, body) => void visitor.pages.push(body),
    'POST /messages': (visitor, body) => {
      world.posts.push(body)
      open(visitor)
      const known = visitor.conversation.messages.find((m) => m.client_id === body.client_id)
      if (known) return { message: known }
      const files = body.file_ids.map((id) => world.files?.get(id)).filter(Boolean)
      const message = say(visitor, 'customer', body.text, { client_id: body.client_id, files })
      setTimeout(() => push(visitor, { t: 'receipts', delivered: message.seq, read: 0 }), 200)
      if (visitor.conversation.state === 'digital') setTimeout(() => answer(visitor, body.text), world.slow ?? 500)
      return { message, conversation: short(visitor.conversation) }
    },
    'GET /conversation': (visitor, _, query) => {
      const c = visitor.conversation
      return c ? { ...c, messages: c.messages.filter((m) => m.seq > +query.get('after_seq')) } : null
    },
    'POST /reads': () => null,
    'POST /typing': () => null,
    'POST /persons': (visitor) => (wait(visitor), visitor.conversation),
    'POST /judgements': (visitor, body) => {
      visitor.conversation.messages.find((m) => m.id === body.message_id).judged = body.solved ? 'solved' : 'unsolved'
      return {}
    },
    'POST /closings': (visitor) => (finish(visitor), visitor.conversation),
    'POST /ratings': (visitor, body) => ((visitor.rating = body), (visitor.conversation.survey.answered = true), {}),
    'POST /links': (visitor) => ({ url: `http://127.0.0.1:${port}/w/demo#resume=${[...world.visitors].find(([, v]) => v === visitor)[0]}` }),
  }
  const control = { wait, take, finish, typing: (v) => push(v, { t: 'typing', on: true, name: '李敏' }), read: (v) => push(v, { t: 'receipts', delivered: 99, read: 99 }), drop: () => world.sockets.forEach((s) => s.end()), say: (v, q) => say(v, 'agent', q.get('text'), { author_name: '李敏' }) }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x')
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const raw = Buffer.concat(chunks)
    const send = (status, value, type = 'application/json') => {
      response.writeHead(status, { 'Content-Type': type })
      response.end(type === 'application/json' ? JSON.stringify(value) : value)
    }
    if (url.pathname === '/control') {
      for (const name of ['down', 'closed']) if (url.searchParams.has(name)) world[name] = url.searchParams.get(name) === '1'
      const verb = control[url.searchParams.get('do')]
      if (verb) verb([...world.visitors.values()].at(-1), url.searchParams)
      return send(200, { posts: world.posts, visitors: [...world.visitors.values()] })
    }
    if (world.down) return request.socket.destroy()
    if (url.pathname === '/host') return send(200, host(port), 'text/html; charset=utf-8')
    if (url.pathname === '/widget.js') return send(200, readFileSync(built + 'widget.js'), kinds.js)
    if (url.pathname.startsWith('/widget-assets/')) {
      const file = built + url.pathname.slice(15).replace(/[^\w.-]/g, '')
      if (!existsSync(file)) return send(404, {})
      return send(200, readFileSync(file), kinds[file.split('.').at(-1)])
    }
    if (url.pathname.startsWith('/w/')) {
      const html = readFileSync(built + 'panel.html', 'utf8').replaceAll('__KEY__', 'demo').replaceAll('__TITLE__', '安居家客服').replaceAll('__LANG__', 'zh-CN')
      response.setHeader('Content-Security-Policy', "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self' ws:; base-uri 'none'; form-action 'none'")
      return send(200, html, 'text/html; charset=utf-8')
    }
    if (url.pathname.startsWith('/files/')) return send(200, world.files.get(url.pathname.slice(7)).raw, 'image/png')
    const path = url.pathname.replace('/api/web/demo', '')
    const visitor = world.visitors.get(request.headers.authorization?.slice(7))
    if (path === '/files') {
      const at = raw.indexOf('\r\n\r\n') + 4
      const id = randomUUID()
      const file = { id, name: /filename="([^"]*)"/.exec(raw.toString('latin1'))[1], kind: 'image', mime: 'image/png', size: raw.length, url: '/files/' + id }
      Object.defineProperty(file, 'raw', { value: raw.subarray(at, raw.lastIndexOf('\r\n--')) })
      ;(world.files ??= new Map()).set(id, file)
      return send(200, file)
    }
    const route = routes[`${request.method} ${path}`]
    if (!route) return send(404, { error: { code: 'not_found', message: 'not found' } })
    if (!visitor && !/config|sessions/.test(path)) return send(401, { error: { code: 'unknown', message: '' } })
    const value = route(visitor, raw.length ? JSON.parse(raw) : {}, url.searchParams)
    if (world.lose && path === '/messages') return request.socket.destroy()
    send(200, value ?? null)
  })
  server.on('upgrade', (request, socket) => {
    if (world.down) return socket.destroy()
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.send = (text) => {
      const body = Buffer.from(text)
      const head = body.length < 126 ? Buffer.from([129, body.length]) : Buffer.from([129, 126, body.length >> 8, body.length & 255])
      socket.write(Buffer.concat([head, body]))
    }
    world.sockets.add(socket)
    socket.on('close', () => world.sockets.delete(socket))
    socket.on('error', () => undefined)
    let rest = Buffer.alloc(0)
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      while (rest.length > 6) {
        let size = rest[1] & 127
        const from = size === 126 ? 4 : 2
        if (size === 126) size = rest.readUInt16BE(2)
        if (rest.length < from + 4 + size) return
        if ((rest[0] & 15) === 8) return socket.end()
        const mask = rest.subarray(from, from + 4)
        const text = Buffer.from(rest.subarray(from + 4, from + 4 + size).map((b, i) => b ^ mask[i % 4])).toString()
        rest = rest.subarray(from + 4 + size)
        const frame = JSON.parse(text)
        if (frame.t === 'auth') {
          socket.visitor = world.visitors.get(frame.token)
          socket.send('{"t":"hello","cursor":"0"}')
        } else if (frame.t === 'ping') socket.send('{"t":"pong"}')
      }
    })
  })
  server.listen(port, '127.0.0.1')
  return { server, world, control, visitor: () => [...world.visitors.values()].at(-1) }
}

const host = (port) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>商店</title><body style="font:16px sans-serif;margin:40px"><h1>安居家</h1><p>燃气、维修、配送。</p><script src="http://127.0.0.1:${port}/widget.js" data-channel="demo" async></script></body></html>`

if (process.argv[1] === new URL(import.meta.url).pathname) serve(Number(process.argv[2] ?? 8099))
