/** What the pretended server answers. */
import type { ConversationRow, Message } from '../src/api/types'
import { belongs } from '../src/contexts/conversations/rules'
import { data, me, tags, thread } from './data'

type Body = Record<string, any>
type Push = (rows: ConversationRow[], messages?: Message[], type?: string) => void
const ok = (value: unknown): [number, unknown] => [200, value]
const page = (items: unknown[], next: string | null = null) => ({ items, next })
let signedIn = !location.search.includes('signedout')

function messages(row: ConversationRow): Message[] {
  if (!data.threads.has(row.id)) data.threads.set(row.id, thread(row))
  return data.threads.get(row.id) as Message[]
}
function change(row: ConversationRow, changes: Partial<ConversationRow>, push: Push, said: Message[] = []): ConversationRow {
  const fresh = { ...row, ...changes, version: row.version + 1 }
  data.rows.set(row.id, fresh)
  setTimeout(() => push([fresh], said), 20)
  return fresh
}

export function answer(method: string, path: string, query: URLSearchParams, body: Body, push: Push): [number, unknown] {
  const [, first, id, third] = path.split('/')
  if (first === 'session') {
    if (id === 'preferences') { Object.assign(me.preferences, body); localStorage.setItem('mock.preferences', JSON.stringify(me.preferences)); return [204, null] }
    if (method === 'POST') signedIn = true
    if (method === 'DELETE') signedIn = false
    return signedIn ? ok(me) : [401, { error: { code: 'accounts.signed_out', message: '请登录', trace: 't' } }]
  }
  if (first === 'presence') {
    if (method === 'PUT') { data.presence = body.state; data.reason = body.reason }
    return ok({ state: data.presence, reason: data.reason, since: new Date(Date.now() - 90000).toISOString(), load: 3, capacity: 5, offers: data.offers })
  }
  if (first === 'offers') { data.offers = []; return ok(undefined) }
  if (first === 'tags') return ok(tags)
  if (first === 'contact-reasons') return ok({ version: 1, nodes: data.reasons.map(([one, parent_id, name_zh, name_en], position) => ({ id: one, parent_id, name_zh, name_en, label: '', position, active: true })) })
  if (first === 'canned-replies') return third ? ok({ text: (data.canned.find(([one]) => one === id)?.[2] ?? '').replace('{{ customer.name }}', '陈先生').replace('{{ agent.name }}', '李倩') }) : ok(data.canned.map(([one, title, text]) => ({ id: one, shortcut: one, title, body: text, scope: 'all', team_id: null, language: 'zh-CN' })))
  if (first === 'transfer-targets') return ok({ agents: ['王磊', '张敏', '周涛', '赵敏'].map((name, at) => ({ id: `a${at}`, name, state: ['ready', 'busy', 'break', 'offline'][at], load: at, capacity: 3, team: '一班' })), teams: me.teams.map((one) => ({ ...one, ready: 2 })), queues: me.queues.map((one, at) => ({ ...one, open: at < 3, waiting: at * 2, wait: { low_s: 60 * at, high_s: 180 * at } })) })
  if (first === 'customers') return customers(id, third, body)
  if (first === 'search') {
    const q = query.get('q') ?? ''
    const found = [...data.rows.values()].filter((row) => row.customer.name.includes(q) || row.preview.includes(q) || String(row.number).includes(q)).slice(0, 8)
    return ok({ conversations: page(found), customers: page(found.slice(0, 2).map((row) => ({ ...row.customer, masked: { phone: '138****2086' } }))), messages: page(found.slice(0, 4).map((row) => ({ message: thread(row)[8], conversation_row: row, highlight: row.preview.includes(q) ? [[row.preview.indexOf(q), row.preview.indexOf(q) + q.length]] : [] }))) })
  }
  if (first === 'conversations') return conversations(method, id, third, query, body, push)
  return [404, { error: { code: 'http.404', message: '没有找到', trace: 'mock' } }]
}

function customers(id: string | undefined, third: string | undefined, body: Body): [number, unknown] {
  if (third === 'reveals') return ok({ value: body.field === 'phone' ? '13812342086' : '武汉市洪山区关山大道 108 号', until: new Date(Date.now() + 20000).toISOString() })
  if (third === 'notes') return ok(null)
  const all = [...new Map([...data.rows.values()].map((row) => [row.customer.id, row.customer])).values()]
  if (!id) return ok(page(all.map((one) => ({ ...one, since: '2019-06-01T00:00:00Z', masked: { phone: '138****2086' } }))))
  return ok({ id, name: all.find((one) => one.id === id)?.name, masked: { phone: '138****2086', address: '武汉市洪山区***' }, identities: [{ id: 'i', kind: 'login', value_masked: 'u10***', verified: true }], attributes: [{ key: 'product', label: '产品', value: '嵌入式灶 JZT-B628', privacy: 'internal', masked: false }, { key: 'warranty', label: '保修至', value: '2027-03-14', privacy: 'internal', masked: false }], preferences: { large_type: true, language: 'zh-CN' }, tier: 'gold', since: '2019-06-01T00:00:00Z', notes: [{ id: 'n', text: '老人独居，电话沟通请放慢语速。', author_name: '王磊', at: '2026-11-02T03:04:00Z' }], version: 1 })
}

function conversations(method: string, id: string | undefined, third: string | undefined, query: URLSearchParams, body: Body, push: Push): [number, unknown] {
  const all = [...data.rows.values()]
  if (!id) {
    const found = all.filter((row) => belongs(row, (query.get('view') ?? 'mine') as 'mine', me.member.id) && (!query.get('customer') || row.customer.id === query.get('customer')))
      .sort((a, b) => b.last_message_at.localeCompare(a.last_message_at))
    const from = Number(query.get('cursor') ?? 0)
    const limit = Number(new URLSearchParams(location.search).get('page') ?? query.get('limit') ?? 50)
    return ok(page(found.slice(from, from + limit), from + limit < found.length ? String(from + limit) : null))
  }
  if (id === 'counts') {
    const count = (view: 'mine' | 'snoozed' | 'queue' | 'all' | 'digital') => all.filter((row) => belongs(row, view, me.member.id)).length
    return ok({ mine: count('mine'), snoozed: count('snoozed'), queue: count('queue'), all: count('all'), digital: count('digital'), unread: all.filter((row) => row.agent_id === me.member.id && row.unread).length })
  }
  const row = data.rows.get(id)
  if (!row) return [404, { error: { code: 'conversations.not_found', message: '没有找到该会话', trace: 'mock' } }]
  const said = messages(row)
  if (!third) return ok({ ...row, messages: page(said, null), page_trail: [{ url: 'https://shop.example/hob', title: '嵌入式灶 JZT-B628', at: said[0].at }, { url: 'https://shop.example/help', title: '帮助中心', at: said[2].at }], drafts: [], earlier: 4, wait_s: 12, may: {} })
  if (third === 'contacts') return ok(all.filter((one) => one.customer.id === row.customer.id).slice(0, 6))
  if (third === 'suggestions') return ok([{ article_id: 'a1', title: '上门师傅爽约的处理与补偿标准', excerpt: '先致歉并核实预约记录，2 小时内重新安排上门；责任在我方时可发放 20 元抵扣券。', url: '/help/no-show', slug: 'no-show', audience: 'customer', score: 0.9, body_html: null }, { article_id: 'a2', title: '嵌入式灶具无法点火的处理步骤', excerpt: '确认电池、总阀与黄色开关。', url: '/help/hob', slug: 'hob', audience: 'customer', score: 0.7, body_html: null }])
  if (third === 'messages' && method === 'POST') {
    const message: Message = { ...said[4], id: crypto.randomUUID(), seq: said.length + 1, kind: body.kind, text: body.text, at: new Date().toISOString(), client_id: body.client_id, files: [], author: { kind: 'member', id: me.member.id, name: '李倩' } }
    said.push(message)
    change(row, { preview: body.text, preview_kind: body.kind, last_message_at: message.at, unread: 0, awaiting_since: null }, push, [message])
    return ok(message)
  }
  if (third === 'messages') return ok(page([]))
  if (third === 'closings') return ok(change(row, { state: 'closed', closed_at: new Date().toISOString(), solved: body.solved, unread: 0, awaiting_since: null }, push))
  if (third === 'reopenings' || third === 'picks') return ok(change(row, { state: 'serving', closed_at: null, agent_id: me.member.id, agent_name: '李倩' }, push))
  if (third === 'tags') return row.version > body.version ? [409, { error: { code: 'conversations.stale', message: '已更新', trace: 'mock' } }] : ok(change(row, { tags: tags.filter((one) => body.tag_ids.includes(one.id)) }, push))
  if (third === 'transfers' || third === 'assignments' || third === 'returns') return ok(change(row, { state: 'waiting', agent_id: null, agent_name: null }, push))
  if (third === 'reads') return row.unread ? (change(row, { unread: row.unread }, push), [204, null]) : [204, null]
  return [204, null]
}
