/** Invented people and conversations for the pretended server. */
import type { ConversationRow, Message, Offer } from '../src/api/types'

const id = (kind: string, at: number) => `00000000-0000-7000-8000-${kind}${String(at).padStart(11, '0')}`
const ago = (s: number) => new Date(Date.now() - s * 1000).toISOString()
const many = Number(new URLSearchParams(location.search).get('rows') ?? 400)

const names = ['陈建国', '林晓梅', '王思远', '赵雅琴', '刘子墨', '黄家豪', '孙丽华', '周明轩', 'Emily Carter', '吴桂芳', '郑伟', '何静怡']
const texts = ['打着了。但是昨天师傅说今天上午来，到现在没人联系我，我请了半天假', '订单 8842 显示已签收，但我没有收到', '想改一下预约时间，周六上午可以吗？', '发票抬头写错了，能重开吗', '上次说补偿的优惠券一直没到账', '请问这款热水器能装在阳台吗', 'The app keeps asking me to log in again', '退款三天了还没到', '老人不会用小程序，能电话指导吗', '安装师傅态度很差，我要投诉', '保修期内换零件要收费吗', '好的，谢谢，已经解决了']
export const tags = ['报修', '物流', '预约', '发票', '补偿', '咨询', '适老'].map((name, at) => ({ id: id('6', at), name, colour: '#5f6d79' }))
export const me = {
  member: { id: id('1', 1), name: '李倩', login: 'liqian', language: 'zh-CN', role: 'admin', avatar_url: null, capacity: 5 },
  organisation: { id: id('0', 1), name: '安居生活服务', language: 'zh-CN', time_zone: 'Asia/Shanghai' },
  permissions: ['conversations.read', 'conversations.reply', 'conversations.note', 'conversations.transfer', 'conversations.close', 'conversations.assign', 'conversations.take_over', 'customers.read', 'customers.edit', 'customers.reveal', 'insight.wallboard', 'accounts.manage', 'knowledge.read', 'search.read', 'presence.self', 'routing.manage', 'settings.manage', 'channels.manage', 'knowledge.edit', 'knowledge.publish', 'audit.read'],
  brands: [{ id: id('2', 1), name: '安居燃气', slug: 'gas', colour: '#0b6b75' }], teams: [{ id: id('3', 1), name: '一班' }],
  queues: ['家电报修', '物流配送', '物业服务', '综合咨询'].map((name, at) => ({ id: id('4', at), name })),
  preferences: JSON.parse(localStorage.getItem('mock.preferences') ?? '{}'),
}

function row(at: number): ConversationRow {
  const k = (at * 7 + (at >> 3)) % 12
  const state = at < 8 ? 'serving' : at < 15 ? 'waiting' : at % 9 === 0 ? 'digital' : at % 3 ? 'closed' : 'serving'
  const mine = at < 8
  const silent = [47, 20, 150, 0, 200, 0, 0, 95][at] ?? (at < 15 ? 4 + (at - 8) * 14 : 0)
  return {
    id: id('5', at), number: 20260001 + at, state, channel_kind: 'web', in_chat: true, channel_name: '官网', channel_id: id('7', 1), brand_id: id('2', 1),
    customer: { id: id('8', k), name: names[k], tier: k % 4 === 0 ? 'gold' : 'standard', verified: k % 2 === 0 },
    queue_id: id('4', at % 4), leg_id: null, agent_id: state === 'serving' || state === 'closed' ? (mine ? me.member.id : id('1', 2 + (at % 9))) : null, agent_name: state === 'serving' || state === 'closed' ? (mine ? '李倩' : ['王磊', '张敏', '周涛'][at % 3]) : null,
    preview: texts[k], preview_kind: 'customer', last_message_at: ago(60 + at * 97), last_seq: 9, unread: at < 15 && at % 3 === 0 ? (at % 4) + 1 : 0, left_word: false, awaiting_since: silent ? ago(silent) : null,
    opened_at: ago(900 + at * 97), closed_at: state === 'closed' ? ago(50 + at * 97) : null, tags: [tags[k % 7], ...(at % 4 ? [] : [tags[(k + 2) % 7]])],
    reason_id: null, reason_label: state === 'closed' ? '报修 / 燃气灶' : null, solved: state === 'closed' ? at % 5 !== 0 : null, rating: state === 'closed' && at % 2 ? 5 : null,
    customer_read_seq: 7, customer_delivered_seq: 8, agent_read_seq: 8, priority: at % 11 === 9 ? 'urgent' : 'normal', snoozed_until: null, woken_at: null, target: null, due_at: null, warn_at: null, merged_into_id: null, layout: 0, version: 1, language: k === 8 ? 'en' : 'zh-CN',
  }
}

const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"><rect width="480" height="320" fill="#cdd6dd"/><circle cx="240" cy="160" r="70" fill="none" stroke="#5f6d79" stroke-width="14"/><circle cx="240" cy="160" r="18" fill="#9a5b00"/></svg>')}`
export const agentName = (one: ConversationRow) => one.agent_name ?? '李倩'
export function thread(one: ConversationRow): Message[] {
  const say = (seq: number, kind: Message['kind'], text: string, s: number, more: Partial<Message> = {}): Message => ({
    id: `${one.id}-${seq}`, conversation_id: one.id, seq, kind, text, at: ago(s), client_id: null, files: [], sources: [], mentions: [], code: null, params: null, state: 'read', quote: null, reactions: [], recalled_at: null, mail: null,
    author: { kind: kind === 'customer' ? 'customer' : 'member', id: kind === 'customer' ? one.customer.id : kind === 'digital' ? null : me.member.id, name: kind === 'customer' ? null : kind === 'digital' ? '智能助手' : agentName(one) }, ...more,
  })
  return [
    say(1, 'customer', '你好，厨房燃气灶打不上火，按照你们发的图片调了黑色旋钮还是不行', 92000),
    say(2, 'digital', '您好，已为您找到《嵌入式灶具无法点火的处理步骤》。请确认中间黄色圆形开关是否已向上提起。该步骤解决了吗？', 91990, { sources: [{ article_id: 'a1', title: '嵌入式灶具无法点火的处理步骤', url: null, slug: 'hob' }] }),
    say(3, 'customer', '没看懂，哪个是开关？', 1800),
    say(4, 'system', '', 1700, { code: 'queued' }),
    say(5, 'agent', '陈先生您好，我是客服李倩。您不用再描述一遍，刚才的情况我都看到了。我给您发一张图，照着提起黄色开关再试一次就好：https://example.com/help/hob', 1600),
    say(6, 'agent', '', 1590, { files: [{ id: 'f1', name: '黄色总阀位置.png', kind: 'image', mime: 'image/png', size: 48213, width: 480, height: 320, url: picture, thumb_url: picture, scan: '', finding: '' }] }),
    say(7, 'note', '@王磊 这一批次灶具的开关没有文字标识，本周第 9 单，建议反馈产品。', 1500),
    say(8, 'customer', '好的，我试试', 800, { files: [{ id: 'f2', name: '购买发票.pdf', kind: 'file', mime: 'application/pdf', size: 183000, width: null, height: null, url: '#', thumb_url: null, scan: '', finding: '' }] }),
    say(9, 'customer', one.preview, 60),
  ]
}

export const data = {
  rows: new Map(Array.from({ length: many }, (_, at) => row(at)).map((one) => [one.id, one])),
  threads: new Map<string, Message[]>(),
  offers: [] as Offer[],
  presence: 'ready',
  reason: null as string | null,
  reasons: [['r1', null, '报修', 'Repair'], ['r2', 'r1', '燃气灶不点火', 'Hob does not light'], ['r3', 'r1', '热水器', 'Water heater'], ['r4', null, '物流', 'Delivery'], ['r5', 'r4', '未收到货', 'Not received'], ['r6', 'r4', '改期', 'New date'], ['r7', null, '费用', 'Money'], ['r8', 'r7', '发票', 'Invoice'], ['r9', 'r7', '退款', 'Refund']],
  canned: [['hi', '问候', '{{ customer.name }}您好，我是{{ agent.name }}，很高兴为您服务。'], ['sorry', '致歉等待', '非常抱歉让您久等了，我马上为您核实。'], ['visit', '预约上门', '请问您方便的上门时间是？我们最早可以安排明天上午。'], ['bye', '结束语', '感谢您的联系，祝您生活愉快。']],
}
