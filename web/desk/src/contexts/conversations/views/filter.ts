/** Pure decisions about filters: what fits, in which order, and how a filter stands in an address. */
import type { ConversationRow } from '@/api/types'
import { runningClock, type ViewName } from '../rules'
import type { Field, FieldCondition, ViewColumn, ViewFilter, ViewOrder } from './types'

/** What the filter means for who reads it: the people behind "me" and "my team", reasons with their branches. */
export interface Reader { agents: readonly string[]; reasons: readonly string[]; now: number; fits?: ReadonlySet<string> }

export const lists = ['stages', 'holders', 'agent_ids', 'queue_ids', 'brand_ids', 'channel_ids', 'tag_ids', 'reason_ids', 'priorities', 'tiers', 'languages', 'sla'] as const
export const lengths = ['waiting_s', 'opened_within_s', 'opened_before_s', 'last_within_s', 'last_before_s'] as const
/** In the order in which they are offered. */
export const fields: Field[] = ['stages', 'queue_ids', 'holders', 'agent_ids', 'waiting_s', 'sla', 'unread', 'priorities', 'tag_ids', 'reason_ids', 'channel_ids', 'brand_ids', 'tiers', 'languages', 'last_within_s', 'last_before_s', 'opened_within_s', 'opened_before_s']
export const orders: ViewOrder[] = ['recent', 'oldest', 'due']
export const columns: ViewColumn[] = ['number', 'customer', 'tier', 'preview', 'stage', 'agent', 'queue', 'channel', 'brand', 'tags', 'reason', 'priority', 'due', 'waiting', 'unread', 'language', 'opened', 'last', 'rating']
export const usualColumns: ViewColumn[] = ['customer', 'preview', 'stage', 'agent', 'queue', 'tags', 'due', 'last']

export function ordersOf(filter: ViewFilter): ViewOrder[] {
  return filter.stages?.includes('closed') ? ['recent', 'oldest'] : orders
}

export function stageOf(row: ConversationRow): string {
  return row.snoozed_until ? 'snoozed' : row.state
}

/** Whether a row fits; the server decides the same. */
export function holds(row: ConversationRow, filter: ViewFilter, reader: Reader): boolean {
  const among = (list: readonly string[] | undefined, value: string | null) => !list?.length || (value !== null && list.includes(value))
  const ago = (text: string | null, length_s: number | null | undefined) => !length_s || (text !== null && Date.parse(text) <= reader.now - length_s * 1000)
  const within = (text: string, length_s: number | null | undefined) => !length_s || Date.parse(text) >= reader.now - length_s * 1000
  if (filter.stages?.length ? !filter.stages.includes(stageOf(row) as never) : row.state === 'closed') return false
  if (filter.holders?.length || filter.agent_ids?.length) {
    const held = row.agent_id ? reader.agents.includes(row.agent_id) : !!filter.holders?.includes('nobody')
    if (!held) return false
  }
  // What custom fields hold is not in the row: the server has said of which it fits.
  if (filter.fields?.length && !reader.fits?.has(row.id)) return false
  if (filter.sla?.length) {
    const clock = runningClock(row)
    const late = !!clock && clock.due <= reader.now
    const near = !!clock && clock.warn <= reader.now && !late
    if (!(filter.sla.includes('breached') && late) && !(filter.sla.includes('near') && near)) return false
  }
  return among(filter.queue_ids, row.queue_id) && among(filter.brand_ids, row.brand_id) && among(filter.channel_ids, row.channel_id)
    && among(filter.priorities, row.priority) && among(filter.tiers, row.customer.tier) && among(filter.languages, row.language)
    && (!filter.tag_ids?.length || row.tags.some((tag) => filter.tag_ids?.includes(tag.id)))
    && (!filter.reason_ids?.length || (row.reason_id !== null && reader.reasons.includes(row.reason_id)))
    && (!filter.unread || row.unread > 0) && ago(row.awaiting_since, filter.waiting_s)
    && within(row.opened_at, filter.opened_within_s) && ago(row.opened_at, filter.opened_before_s)
    && within(row.last_message_at, filter.last_within_s) && ago(row.last_message_at, filter.last_before_s)
}

export function compare(a: ConversationRow, b: ConversationRow, filter: ViewFilter, order: ViewOrder): number {
  if (order === 'due') {
    const [one, other] = [a, b].map((row) => runningClock(row)?.due ?? Infinity)
    if (one !== other) return one < other ? -1 : 1
  }
  const at = (row: ConversationRow) => (filter.stages?.includes('closed') ? row.closed_at : row.last_message_at) ?? ''
  const newer = at(a) === at(b) ? (a.id < b.id ? 1 : -1) : at(a) < at(b) ? 1 : -1
  return order === 'oldest' ? -newer : newer
}

/** The fields that say something, in their order. */
export function used(filter: ViewFilter): Field[] {
  return fields.filter((field) => { const value = filter[field]; return Array.isArray(value) ? value.length > 0 : !!value })
}

/** A filter without what says nothing: the same conditions are always the same text. */
export function tidy(filter: ViewFilter): ViewFilter {
  return { ...Object.fromEntries(used(filter).map((field) => [field, filter[field]])), ...(filter.fields?.length ? { fields: filter.fields } : {}) } as ViewFilter
}

export function written(filter: ViewFilter): string {
  return JSON.stringify(tidy(filter))
}

export function read(text: string | null): ViewFilter | null {
  try {
    const found: unknown = JSON.parse(text ?? '')
    return found && typeof found === 'object' && !Array.isArray(found) ? tidy(found as ViewFilter) : null
  } catch {
    return null
  }
}

/** A condition changed; closed conversations stand alone and no clock runs in them. */
export function changed<F extends Field>(filter: ViewFilter, field: F, value: ViewFilter[F]): ViewFilter {
  const next: ViewFilter = { ...filter, [field]: value }
  if (next.stages?.includes('closed')) {
    next.stages = filter.stages?.includes('closed') ? next.stages.filter((one) => one !== 'closed') : ['closed']
    if (next.stages.includes('closed')) { delete next.sla; delete next.waiting_s }
  }
  return tidy(next)
}

/** A condition on a custom field put in the place of the one there was; null takes it away. */
export function withField(filter: ViewFilter, field_id: string, value: Omit<FieldCondition, 'field_id'> | null): ViewFilter {
  const kept = filter.fields ?? []
  const at = kept.findIndex((one) => one.field_id === field_id)
  const rest = kept.filter((one) => one.field_id !== field_id)
  if (value) rest.splice(at < 0 ? rest.length : at, 0, { field_id, ...value })
  return tidy({ ...filter, fields: rest })
}

/** What a built-in list shows, as a filter to begin with. */
export function filterOf(view: ViewName): ViewFilter {
  if (view === 'mine') return { stages: ['serving'], holders: ['me'] }
  if (view === 'snoozed') return { stages: ['snoozed'], holders: ['me'] }
  if (view === 'queue') return { stages: ['waiting'] }
  return view === 'all' ? {} : { stages: [view] }
}

/** Whether rows come and go as time passes, without any news. */
export function timed(filter: ViewFilter): boolean {
  return !!filter.sla?.length || !!filter.fields?.length || lengths.some((field) => !!filter[field])
}

/** The address that shows the conditions of a built-in list; once more and it is as it was. */
export function turned(query: Record<string, unknown>, view: ViewName) {
  const { filter, saved, order: _, columns: __, fields: ___, ...rest } = query
  return { query: { ...rest, ...(filter || saved ? {} : { filter: written(filterOf(view)) }) } as Record<string, string> }
}
