import assert from 'node:assert/strict'
import test from 'node:test'
import { adopt, deliveryOf, emptyThread, isForeign, merge, reduce } from '../src/panel/thread'
import type { Conversation, Message } from '../src/panel/types'

const message = (seq: number, kind: Message['kind'] = 'agent', conversation = 'a'): Message => ({
  id: `${conversation}${seq}`,
  seq,
  kind,
  text: String(seq),
  at: '2026-11-21T08:00:00Z',
})
const conversation = (part: Partial<Conversation> = {}): Conversation => ({
  id: 'a',
  state: 'serving',
  agent: null,
  last_seq: 0,
  waiting: null,
  out_of_hours: null,
  survey: null,
  agent_read_seq: 0,
  ...part,
})

test('messages come in any order and twice, and stand once in order', () => {
  const all = [3, 1, 2, 3, 1].map((n) => message(n))
  assert.deepEqual(merge([], all).map((m) => m.seq), [1, 2, 3])
})

test('only the server lists move the mark from which a lost connection asks', () => {
  let thread = adopt(emptyThread, conversation({ messages: [message(1), message(2)] }))
  thread = { ...thread, messages: merge(thread.messages, [message(5, 'customer')]) }
  assert.equal(thread.synced, 2)
  thread = reduce(thread, { t: 'messages', messages: [message(4)], cursor: 'x' })
  assert.equal(thread.synced, 4)
  assert.equal(thread.cursor, 'x')
})

test('messages that arrive before their conversation stay', () => {
  let thread = reduce(emptyThread, { t: 'messages', messages: [message(1, 'customer')] })
  thread = adopt(thread, conversation())
  assert.deepEqual(thread.messages.map((m) => m.id), ['a1'])
  assert.deepEqual(thread.past, [])
})

test('a new conversation leaves the old one readable above', () => {
  let thread = adopt(emptyThread, conversation({ messages: [message(1), message(2)] }))
  thread = adopt(thread, conversation({ id: 'b', messages: [message(1, 'customer', 'b')] }))
  assert.deepEqual(thread.past.map((m) => m.id), ['a1', 'a2'])
  assert.deepEqual(thread.messages.map((m) => m.id), ['b1'])
  assert.equal(thread.synced, 1)
})

test('messages of another conversation are recognised by a seq that is taken', () => {
  const thread = adopt(emptyThread, conversation({ messages: [message(1)] }))
  assert.equal(isForeign(thread, [message(1)]), false)
  assert.equal(isForeign(thread, [message(1, 'customer', 'b')]), true)
  assert.equal(isForeign(adopt(thread, conversation({ state: 'closed' })), [message(9)]), true)
})

test('receipts only go forward, and say no more than is known', () => {
  let thread = adopt(emptyThread, conversation({ messages: [message(4, 'customer')] }))
  assert.equal(deliveryOf(message(4), thread), 'sent')
  thread = reduce(thread, { t: 'receipts', delivered: 4 })
  assert.equal(deliveryOf(message(4), thread), 'delivered')
  thread = reduce(thread, { t: 'receipts', read: 4 })
  thread = reduce(thread, { t: 'receipts', read: 2, delivered: 1 })
  assert.equal(deliveryOf(message(4), thread), 'read')
})

test('typing ends when the words are there', () => {
  let thread = reduce(emptyThread, { t: 'typing', on: true, name: '李敏' })
  assert.equal(thread.typing, '李敏')
  thread = reduce(thread, { t: 'messages', messages: [message(1)] })
  assert.equal(thread.typing, null)
})

test('messages numbered anew replace those held, of the same and of another conversation', () => {
  let thread = adopt(emptyThread, conversation({ layout: 0, messages: [message(1), message(2)] }))
  const moved = [message(7, 'customer', 'b'), message(1), message(2)].map((m, at) => ({ ...m, seq: at + 1 }))
  thread = adopt(thread, conversation({ layout: 1, messages: moved }))
  assert.deepEqual(thread.messages.map((m) => m.id), ['b7', 'a1', 'a2'])
  assert.deepEqual(thread.past, [])
  thread = adopt(thread, conversation({ id: 'c', layout: 1, messages: moved.map((m) => ({ ...m, seq: m.seq + 1 })) }))
  assert.deepEqual(thread.messages.map((m) => m.id), ['b7', 'a1', 'a2'])
  assert.deepEqual(thread.past, [])
})
