// The state of the conversation as the visitor sees it, and how a server frame changes it. Pure.
import type { Conversation, Frame, Message } from './types'

export interface Thread {
  conversation: Conversation | null
  /** Messages of the conversation, ascending by seq, each seq once. */
  messages: Message[]
  /** Messages of conversations that ended earlier in this window. */
  past: Message[]
  /** Everything up to this seq came from the server's own lists; a lost connection asks from here.
   *  Seqs may have gaps: internal notes are counted too and never come here. */
  synced: number
  delivered: number
  read: number
  typing: string | null
  cursor: string | undefined
  /** Nothing was said before the first message that is here. */
  whole: boolean
}

export const emptyThread: Thread = {
  conversation: null,
  messages: [],
  past: [],
  synced: 0,
  delivered: 0,
  read: 0,
  typing: null,
  cursor: undefined,
  whole: false,
}

/** Put messages in: a known seq is replaced, order is by seq. */
export function merge(known: Message[], arrived: Message[]): Message[] {
  if (!arrived.length) return known
  const bySeq = new Map(known.map((m) => [m.seq, m]))
  for (const message of arrived) bySeq.set(message.seq, { ...bySeq.get(message.seq), ...message })
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

const lastSeq = (messages: Message[]) => messages.reduce((last, m) => Math.max(last, m.seq), 0)

const hasArrived = (m: Message) => m.kind === 'customer' && !!m.state && m.state !== 'sent'

const isAnswer = (messages: Message[], after: number) =>
  messages.some((m) => m.seq > after && m.kind !== 'customer')

/** Whether a frame tells of another conversation than the one held: seqs begin anew in each. */
export function isForeign(thread: Thread, messages: Message[]): boolean {
  const ids = new Map(thread.messages.map((m) => [m.seq, m.id]))
  const clash = messages.some((m) => ids.has(m.seq) && ids.get(m.seq) !== m.id)
  return clash || (thread.conversation?.state === 'closed' && messages.length > 0)
}

/** Take over a conversation as the server gives it, with or without its messages. */
export function adopt(thread: Thread, conversation: Conversation | null): Thread {
  // Messages may be here a moment before the conversation that they began.
  const known = thread.conversation?.id ?? conversation?.id
  const stays = !!conversation && known === conversation.id
  const same = stays && (thread.conversation ?? conversation).layout === conversation.layout
  const past = stays ? thread.past : [...thread.past, ...thread.messages]
  if (!conversation) return { ...emptyThread, past, cursor: thread.cursor }
  const { messages = [], ...rest } = conversation
  return {
    ...thread,
    conversation: { ...rest, others: rest.others ?? (same ? thread.conversation?.others : []) },
    past: past.filter((m) => !messages.some((other) => other.id === m.id)),
    messages: merge(same ? thread.messages : [], messages),
    synced: Math.max(same ? thread.synced : 0, lastSeq(messages)),
    read: Math.max(same ? thread.read : 0, conversation.agent_read_seq ?? 0),
    delivered: Math.max(same ? thread.delivered : 0, lastSeq(messages.filter(hasArrived))),
    typing: same && !isAnswer(messages, thread.synced) ? thread.typing : null,
    whole: same && thread.whole,
  }
}

export function reduce(thread: Thread, frame: Frame): Thread {
  const cursor = ('cursor' in frame && frame.cursor) || thread.cursor
  switch (frame.t) {
    case 'messages': {
      const spoke = frame.messages.some((m) => m.kind !== 'customer')
      const messages = merge(thread.messages, frame.messages)
      const synced = Math.max(thread.synced, lastSeq(frame.messages))
      return { ...thread, cursor, messages, synced, typing: spoke ? null : thread.typing }
    }
    case 'conversation':
      return { ...adopt(thread, frame.conversation), cursor }
    case 'receipts':
      return {
        ...thread,
        cursor,
        delivered: Math.max(thread.delivered, frame.delivered ?? 0),
        read: Math.max(thread.read, frame.read ?? 0),
      }
    case 'typing':
      return { ...thread, typing: frame.on ? (frame.name ?? '') : null }
    case 'hello':
      return { ...thread, cursor }
    default:
      return thread
  }
}

export type Delivery = 'sent' | 'delivered' | 'read'

/** What may honestly be said about a message of the visitor. */
export function deliveryOf(message: Message, thread: Thread): Delivery {
  if (message.seq <= thread.read) return 'read'
  return message.seq <= thread.delivered ? 'delivered' : 'sent'
}

/** Whether this answer waits for 已解决 / 未解决. */
export function asksVerdict(thread: Thread, m: Message | undefined): boolean {
  if (m?.kind !== 'digital' || m.judged || thread.conversation?.state !== 'digital') return false
  return m.code ? m.code === 'answer' : !!m.sources?.length
}

/** Whether the digital agent did not help: then a person is the first thing to offer. */
export function isStuck(thread: Thread): boolean {
  const last = thread.messages[thread.messages.length - 1]
  return last?.judged === 'unsolved' || /^(unknown|again|giving_up)$/.test(last?.code ?? '')
}
