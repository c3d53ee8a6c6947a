/** The one store of conversations: rows, threads and lists, kept true by pushed facts. */
import { defineStore } from 'pinia'
import { computed, reactive, shallowReactive } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Conversation, ConversationRow, Counts, Frame, Message, Page } from '@/api/types'
import { serverNow } from '@/app/clock'
import { connection } from '@/app/live'
import { unread } from '@/app/notices'
import { myId } from '@/app/session'
import { pins } from './marks'
import { delivered } from './outbox'
import { belongs, compareRows, hasGap, isNewer, mergeMessages, place, sameRow, type Order, type ViewName } from './rules'

/** What a list shows that is no built-in one: where its rows come from, and which of them belong to it. */
export interface Source { key: string; page: (cursor: string | null) => Promise<Page<ConversationRow>>; holds: (row: ConversationRow) => boolean; compare: (a: ConversationRow, b: ConversationRow) => number }
export interface ListState { source?: Source; view: ViewName; order: Order; ids: readonly string[]; next: string | null; loaded: boolean; busy: boolean; error: unknown }
export interface ThreadState {
  messages: readonly Message[]
  older: boolean
  /** What is shown ends before the newest message: a place in the past was opened. */
  newer: boolean
  loaded: boolean
  busy: boolean
  error: unknown
  detail: Conversation | null
  /** Which numbering of the messages is held: after a merge or a split they are numbered anew. */
  layout: number
  /** When it was last asked for; pushed facts keep its messages true from then on. */
  at: number
}
export interface Presence { id: string; name: string; typing: boolean; at: number }

const FRESH_MS = 20_000

/** Nobody waits at the other end: a mail, or a word left out of hours. */
export const isLater = (row?: ConversationRow): boolean => !!row && (row.left_word || row.channel_kind === 'mail')
export const useConversations = defineStore('conversations', () => {
  const rows = shallowReactive(new Map<string, ConversationRow>())
  const lists = shallowReactive(new Map<string, ListState>())
  const threads = shallowReactive(new Map<string, ThreadState>())
  const others = reactive(new Map<string, Presence[]>())
  const counts = reactive<Counts>({ mine: 0, snoozed: 0, queue: 0, left: 0, all: 0, digital: 0, unread: 0 })
  let counting = 0

  const read = (id: string) => rows.get(id)

  function list(view: ViewName, order: Order, source?: Source): ListState {
    const key = source?.key ?? `${view} ${order}`
    let found = lists.get(key)
    if (!found) {
      // Of lists by a filter only the newest is kept true.
      if (source) for (const [old, state] of lists) if (state.source) lists.delete(old)
      found = shallowReactive<ListState>({ source, view, order, ids: [], next: null, loaded: false, busy: false, error: null })
      lists.set(key, found)
    }
    return found
  }

  /** Load the first page of a list, or the next one with `more`. */
  async function load(state: ListState, more = false): Promise<void> {
    if (state.busy || (more && !state.next)) return
    state.busy = true
    try {
      const { view, source } = state
      const page = source ? await source.page(more ? state.next : null) : await api.get<Page<ConversationRow>>('/conversations', {
        view, order: state.order === 'due' ? 'due' : null, cursor: more ? state.next : null, limit: ['mine', 'snoozed', 'queue'].includes(view) ? 100 : 50,
      })
      for (const row of page.items) keep(row)
      // What is pinned stands there though its page is not loaded.
      const ids = new Set(more ? state.ids : source ? [] : pins)
      for (const row of page.items) ids.add(row.id)
      state.ids = sorted([...ids], state)
      state.next = page.next
      state.error = null
      state.loaded = true
    } catch (error) {
      state.error = error
    } finally {
      state.busy = false
    }
  }

  function sorted(ids: string[], state: ListState): string[] {
    const here = ids.filter((id) => { const row = rows.get(id); return row && within(row, state) })
    const first = before(state)
    return here.sort((a, b) => first(rows.get(a) as ConversationRow, rows.get(b) as ConversationRow))
  }
  const within = (row: ConversationRow, { source, view }: ListState) => (source ? source.holds(row) : belongs(row, view, myId()))
  const before = ({ source, view, order }: ListState) => source?.compare ?? ((a: ConversationRow, b: ConversationRow) => +pins.has(b.id) - +pins.has(a.id) || compareRows(a, b, view, order))

  function keep(row: ConversationRow): boolean {
    const old = rows.get(row.id)
    if (!isNewer(row, old)) return false
    // A row that says nothing new moves nothing on the screen.
    if (!old || !sameRow(row, old)) rows.set(row.id, row)
    return true
  }

  /** Take a fresh row from the server: into the rows, and into or out of every list. */
  function take(row: ConversationRow): void {
    if (!keep(row)) return
    const held = threads.get(row.id)
    if (held?.loaded && held.layout !== row.layout) void open(row.id)
    for (const state of lists.values()) {
      if (!state.loaded) continue
      const moved = place(state.ids, row, within(row, state), read, before(state), state.next)
      if (moved) state.ids = moved
    }
  }

  function drop(id: string): void {
    rows.delete(id)
    for (const state of lists.values()) if (state.ids.includes(id)) state.ids = state.ids.filter((one) => one !== id)
  }

  function thread(id: string): ThreadState {
    let found = threads.get(id)
    if (!found) {
      found = shallowReactive<ThreadState>({ messages: [], older: false, newer: false, loaded: false, busy: false, error: null, detail: null, layout: 0, at: 0 })
      threads.set(id, found)
      if (threads.size > 60) threads.delete(threads.keys().next().value as string)
    }
    return found
  }

  /** Load a conversation with its newest messages; what is shown already stays meanwhile. */
  async function open(id: string, keepPlace = false, card = false): Promise<void> {
    const state = thread(id)
    if (state.busy || (keepPlace && state.newer)) return
    state.busy = true
    try {
      opened(await api.get<Conversation>(`/conversations/${id}`, card ? { card } : undefined))
    } catch (error) {
      state.error = error
    } finally {
      state.busy = false
    }
    current(id)
  }

  /** Ask again for what was numbered anew while it was on its way. */
  function current(id: string): void {
    const state = thread(id)
    if (state.loaded && (rows.get(id)?.layout ?? 0) > state.layout) void open(id)
  }

  function opened(found: Conversation): void {
    const state = thread(found.id)
    take(found)
    const first = found.messages.items[0]?.seq ?? 0
    const near = state.messages.filter((one) => one.seq >= first)
    const joined = state.loaded && near.length > 0 && state.layout === found.layout
    state.messages = mergeMessages(joined ? state.messages : [], found.messages.items)
    if (!joined) state.older = first > 1
    state.newer = false
    state.layout = found.layout
    state.detail = found
    state.loaded = true
    state.at = serverNow()
    state.error = null
    confirm(found.messages.items)
  }

  /** Load what will probably be opened next, in one request with the customers; pushed facts keep it true until then. */
  async function prepare(ids: string[], card = false): Promise<void> {
    const wanted = ids.filter((id) => !thread(id).loaded && !thread(id).busy)
    if (wanted.length < 2) return wanted.length ? open(wanted[0], false, card) : undefined
    for (const id of wanted) thread(id).busy = true
    try {
      for (const found of await api.get<Conversation[]>('/conversations/opened', { ids: wanted, card })) opened(found)
    } catch {
      // Whoever opens one of them asks for it by itself, and reads what is wrong.
    } finally {
      for (const id of wanted) thread(id).busy = false
    }
    wanted.forEach(current)
  }

  /** Look a conversation up again, unless it was asked for just now or its messages end in the past. */
  async function renew(id: string): Promise<void> {
    if (!connection.open || serverNow() - thread(id).at > FRESH_MS) await open(id, true)
  }

  /** Load a conversation at one of its messages; nothing moves where that message is here already. */
  async function openAt(id: string, seq: number): Promise<void> {
    const state = thread(id)
    if (!state.loaded) await open(id)
    if (!state.loaded || state.busy || state.messages.some((one) => one.seq === seq)) return
    state.busy = true
    try {
      const page = await messagesOf(id, { around_seq: seq, limit: 60 })
      const [first, last] = [page[0]?.seq ?? 0, page.at(-1)?.seq ?? 0]
      if (!first) return
      const joined = last >= state.messages[0].seq - 1 && first <= state.messages[state.messages.length - 1].seq + 1
      state.messages = joined ? mergeMessages(state.messages, page) : page
      state.older = state.messages[0].seq > 1
      state.newer = lacksNewer(state, id)
    } finally {
      state.busy = false
    }
  }
  const lacksNewer = (state: ThreadState, id: string) => (state.messages.at(-1)?.seq ?? 0) < (rows.get(id)?.last_seq ?? 0)

  async function loadNewer(id: string): Promise<void> {
    const state = thread(id)
    const last = state.messages.at(-1)
    if (state.busy || !state.newer || !last) return
    state.busy = true
    try {
      const page = await messagesOf(id, { after_seq: last.seq, limit: 50 })
      state.messages = mergeMessages(state.messages, page)
      state.newer = page.length > 0 && lacksNewer(state, id)
    } finally {
      state.busy = false
    }
  }

  async function loadOlder(id: string): Promise<void> {
    const state = thread(id)
    const first = state.messages[0]
    if (state.busy || !state.older || !first) return
    state.busy = true
    try {
      const page = await messagesOf(id, { before_seq: first.seq, limit: 50 })
      state.messages = mergeMessages(state.messages, page)
      state.older = page.length > 0 && page[0].seq > 1
    } finally {
      state.busy = false
    }
  }

  async function messagesOf(id: string, query: Record<string, number>): Promise<Message[]> {
    const found = await api.get<Page<Message> | Message[]>(`/conversations/${id}/messages`, query)
    return (Array.isArray(found) ? found : found.items).sort((a, b) => a.seq - b.seq)
  }

  function addMessages(messages: readonly Message[]): void {
    const byThread = new Map<string, Message[]>()
    for (const one of messages) byThread.set(one.conversation_id, [...(byThread.get(one.conversation_id) ?? []), one])
    for (const [id, fresh] of byThread) {
      const state = threads.get(id)
      // What comes after a gap is fetched when one gets there.
      if (!state?.loaded || state.newer || state.layout !== (rows.get(id)?.layout ?? state.layout)) continue
      const gap = hasGap(state.messages, fresh)
      const from = state.messages.at(-1)?.seq ?? 0
      state.messages = mergeMessages(state.messages, fresh)
      if (gap) void messagesOf(id, { after_seq: from, limit: 100 }).then((page) => (state.messages = mergeMessages(state.messages, page)))
    }
    confirm(messages)
  }

  function confirm(messages: readonly Message[]): void {
    for (const one of messages) if (one.client_id) delivered(one.client_id)
  }

  /** Apply one frame of the live socket. */
  function apply(frame: Frame): void {
    if (frame.t === 'facts') {
      for (const row of frame.conversations) take(row)
      addMessages(frame.messages)
      for (const id of frame.gone) drop(id)
      if (frame.conversations.length || frame.gone.length) countSoon()
    } else if (frame.t === 'signal' && frame.conversation_id) hint({ ...frame, conversation_id: frame.conversation_id })
    else if (frame.t === 'resync') {
      for (const state of threads.values()) state.at = 0
      void refresh()
    }
  }

  function hint(frame: Extract<Frame, { t: 'signal' }> & { conversation_id: string }): void {
    const { who } = frame
    if (!who || who.id === myId()) return
    const id = who.kind === 'customer' ? 'customer' : who.id
    const name = who.name ?? ''
    const on = frame.on !== false
    const rest = (others.get(frame.conversation_id) ?? []).filter((one) => one.id !== id)
    const was = (others.get(frame.conversation_id) ?? []).find((one) => one.id === id)
    if (frame.kind === 'typing') {
      if (on) rest.push({ id, name, typing: true, at: serverNow() })
      else if (was && id !== 'customer') rest.push({ ...was, typing: false })
    } else if (frame.kind === 'looking' && on) rest.push({ id, name, typing: was?.typing ?? false, at: serverNow() })
    others.set(frame.conversation_id, rest)
  }

  /** Load again everything that is shown, without clearing it first. */
  async function refresh(): Promise<void> {
    await Promise.all([
      count(),
      ...[...lists.values()].filter((state) => state.loaded).map((state) => load(state)),
      ...[...threads].filter(([, state]) => state.loaded).slice(-3).map(([id]) => open(id, true)),
    ])
  }

  async function count(): Promise<void> {
    try {
      Object.assign(counts, await api.get<Counts>('/conversations/counts'))
      unread.value = counts.unread
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
  }
  function countSoon(): void {
    if (counting) return
    counting = window.setTimeout(() => { counting = 0; void count() }, 1200)
  }

  /** How many stand in a short view: counted here where the whole list is here, by the server otherwise. */
  function amount(view: 'mine' | 'snoozed' | 'queue'): number {
    return whole(view)?.ids.length ?? counts[view]
  }
  const whole = (view: ViewName) => [...lists.values()].find((one) => one.view === view && one.loaded && !one.next && !one.source)
  const waiting = computed(() => amount('queue'))
  /** How many of them do not wait on the line. */
  const left = computed(() => {
    const state = whole('queue')
    return state ? state.ids.filter((id) => isLater(rows.get(id))).length : counts.left
  })
  const mine = computed(() => amount('mine'))
  const snoozed = computed(() => amount('snoozed'))
  return { rows, lists, threads, others, counts, mine, snoozed, waiting, left, list, load, take, drop, thread, open, openAt, loadOlder, loadNewer, prepare, renew, addMessages, apply, refresh, count }
})
