/** Pure decisions about lists and threads: where a pushed row belongs, and what a pushed message changes. */
import type { ConversationRow, Message } from '@/api/types'

export type ViewName = 'mine' | 'snoozed' | 'queue' | 'all' | 'digital' | 'closed'
export type Order = 'waiting' | 'recent' | 'due'

export function belongs(row: ConversationRow, view: ViewName, me: string): boolean {
  if (view === 'mine') return row.agent_id === me && row.state !== 'closed' && !row.snoozed_until
  if (view === 'snoozed') return row.agent_id === me && !!row.snoozed_until
  if (view === 'queue') return row.state === 'waiting'
  if (view === 'digital') return row.state === 'digital'
  if (view === 'closed') return row.state === 'closed'
  return row.state !== 'closed'
}

export function isNewer(row: ConversationRow, old: ConversationRow | undefined): boolean {
  return !old || row.version >= old.version
}

/** Whether two rows say the same: what an open conversation brings along is mostly known from the list. */
export function sameRow(row: ConversationRow, old: ConversationRow): boolean {
  const same = (now: unknown, was: unknown) => now === was || (typeof now === 'object' && JSON.stringify(now) === JSON.stringify(was))
  return (Object.keys(old) as (keyof ConversationRow)[]).every((key) => same(row[key], old[key]))
}

/** The moment a list sorts by, newest first. */
export function sortKey(row: ConversationRow, view: ViewName): string {
  return (view === 'closed' ? row.closed_at : row.last_message_at) ?? row.opened_at
}

export function compareRows(a: ConversationRow, b: ConversationRow, view: ViewName, order: Order): number {
  if (view === 'snoozed') {
    const [one, other] = [a.snoozed_until ?? '', b.snoozed_until ?? '']
    return one === other ? (a.id < b.id ? -1 : 1) : one < other ? -1 : 1
  }
  if (order === 'due') {
    const [one, other] = [a, b].map((row) => runningClock(row)?.due ?? Infinity)
    if (one !== other) return one < other ? -1 : 1
  }
  // What has just come back is the first to be seen.
  if (view === 'mine' && !!a.woken_at !== !!b.woken_at) return a.woken_at ? -1 : 1
  if (order === 'waiting') {
    if (!!a.awaiting_since !== !!b.awaiting_since) return a.awaiting_since ? -1 : 1
    if (a.awaiting_since && b.awaiting_since && a.awaiting_since !== b.awaiting_since) return a.awaiting_since < b.awaiting_since ? -1 : 1
  }
  const [one, other] = [sortKey(a, view), sortKey(b, view)]
  if (one !== other) return one < other ? 1 : -1
  return a.id < b.id ? 1 : -1
}

/** The orders of a view; the longest wait is known of short views only, which the browser has whole. */
export function ordersOf(view: ViewName): Order[] {
  return view === 'mine' || view === 'queue' ? ['recent', 'waiting', 'due'] : view === 'all' ? ['recent', 'due'] : ['recent']
}

/** Put one id into a sorted list, or take it out; with `next` rows beyond the loaded end stay out. */
export function place(
  ids: readonly string[],
  row: ConversationRow,
  inView: boolean,
  read: (id: string) => ConversationRow | undefined,
  compare: (a: ConversationRow, b: ConversationRow) => number,
  next: string | null,
): string[] | null {
  const at = ids.indexOf(row.id)
  if (!inView) return at < 0 ? null : ids.filter((id) => id !== row.id)
  const [before, after] = [read(ids[at - 1]), read(ids[at + 1])]
  const stays = (!before || compare(before, row) < 0) && (!after || compare(row, after) < 0)
  if (at >= 0 && stays) return null
  const rest = at < 0 ? [...ids] : ids.filter((id) => id !== row.id)
  let low = 0
  let high = rest.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = read(rest[middle])
    if (other && compare(other, row) < 0) low = middle + 1
    else high = middle
  }
  if (at < 0 && next && low === rest.length) return null
  if (at === low && at >= 0) return null
  rest.splice(low, 0, row.id)
  return rest
}

/** Merge pushed messages into a thread in the order of seq; the same id or client_id never stands twice. */
export function mergeMessages(old: readonly Message[], fresh: readonly Message[]): Message[] {
  const byId = new Map(old.map((one) => [one.id, one]))
  for (const one of fresh) byId.set(one.id, one)
  return [...byId.values()].sort((a, b) => a.seq - b.seq)
}

/** Whether messages are missing between what is shown and what was pushed. */
export function hasGap(old: readonly Message[], fresh: readonly Message[]): boolean {
  if (!old.length) return false
  const known = new Set([...old, ...fresh].map((one) => one.seq))
  const last = old[old.length - 1].seq
  const top = Math.max(...fresh.map((one) => one.seq))
  for (let seq = last + 1; seq < top; seq++) if (!known.has(seq)) return true
  return false
}

/** The clock that runs: none where nothing is promised, or while it is not for us to answer. Units: milliseconds. */
export function runningClock(row: ConversationRow): { due: number; warn: number } | null {
  if (!row.due_at || !row.awaiting_since || row.snoozed_until || (row.state !== 'waiting' && row.state !== 'serving')) return null
  return { due: Date.parse(row.due_at), warn: Date.parse(row.warn_at ?? row.due_at) }
}
