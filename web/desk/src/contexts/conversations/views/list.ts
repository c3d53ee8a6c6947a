/** A list of the store that shows what fits a filter, saved or not. */
import { api, ApiError } from '@/api/client'
import type { ConversationRow, Page } from '@/api/types'
import { serverNow } from '@/app/clock'
import { myId } from '@/app/session'
import type { ListState, Source, useConversations } from '../store'
import type { ViewName } from '../rules'
import { compare, filterOf, holds, ordersOf, read, written } from './filter'
import type { FoundPage, View, ViewFilter, ViewOrder } from './types'

type Store = ReturnType<typeof useConversations>
/** A page that comes back short says where to look on; so often it is done at once. */
const LOOKS = 10
const ENOUGH = 30

/** Return the list that the address asks for by view, filter and order; where there is no such view the list says so. */
export async function listFor(store: Store, wanted: string): Promise<ListState> {
  const [id, text, order] = JSON.parse(wanted) as (string | null)[]
  try {
    const saved = id ? await api.get<View>(`/views/${id}`) : null
    return found(store, read(text) ?? saved?.filter ?? {}, (order ?? saved?.order ?? 'recent') as ViewOrder)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { ...found(store, {}, 'recent'), source: undefined, ids: [], loaded: false, error }
  }
}

/** What a list shows, as a filter: that of a saved view, of the address, or of a built-in list. */
export async function filterFor(view: ViewName, special: string): Promise<ViewFilter> {
  if (!special) return filterOf(view)
  const [id, text] = JSON.parse(special) as (string | null)[]
  return read(text) ?? (id ? (await api.get<View>(`/views/${id}`)).filter : {})
}

export function found(store: Store, filter: ViewFilter, asked: ViewOrder): ListState {
  const order = ordersOf(filter).includes(asked) ? asked : 'recent'
  const text = written(filter)
  const reader = { agents: [myId()] as readonly string[], reasons: (filter.reason_ids ?? []) as readonly string[], fits: new Set<string>() }
  const source: Source = {
    key: `${order} ${text}`,
    async page(cursor): Promise<Page<ConversationRow>> {
      const items: ConversationRow[] = []
      if (!cursor) reader.fits = new Set()
      let next = cursor
      for (let look = 0; look < LOOKS && items.length < ENOUGH; look++) {
        const page = await api.get<FoundPage>('/conversations/found', { filter: text, order, cursor: next, limit: 50 })
        items.push(...page.items)
        for (const row of page.items) reader.fits.add(row.id)
        reader.agents = page.agent_ids
        reader.reasons = page.reason_ids
        next = page.next
        if (!next) break
      }
      return { items, next }
    },
    holds: (row) => holds(row, filter, { ...reader, now: serverNow() }),
    compare: (a, b) => compare(a, b, filter, order),
  }
  return store.list(filter.stages?.includes('closed') ? 'closed' : 'all', 'recent', source)
}
