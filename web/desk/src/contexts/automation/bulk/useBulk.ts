/** One act on many conversations: begun once, followed while it runs, put back on demand. */
import { computed, reactive, ref } from 'vue'
import { api } from '@/api/client'
import type { Shapes } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { may, myId } from '@/app/session'
import { bulkRun, chosen, useConversations } from '@/contexts/conversations'

export type BulkRun = Shapes['BulkRun']
export type LeftOut = Shapes['LeftOut']
export type What = BulkRun['what']
export interface Args { agent_id?: string; queue_id?: string; tag_ids?: string[]; priority?: string; until?: string; reason_id?: string; solved?: boolean; macro_id?: string }
export type Filter = Record<string, unknown>
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const RIGHTS: Partial<Record<What, string>> = { assign: 'conversations.assign', queue: 'conversations.transfer', close: 'conversations.close', reopen: 'conversations.close', macro: 'canned.own' }
export const acts: What[] = ['assign', 'queue', 'tag', 'untag', 'priority', 'snooze', 'macro', 'close', 'reopen']
export const allowed = () => acts.filter((what) => may(RIGHTS[what] ?? 'conversations.note'))
export const MOST = 5000

const state = reactive<{ run: BulkRun | null }>({ run: null })
/** Everything that fits this filter instead of what was chosen one by one. */
export const all = ref<Filter | null>(null)
export const run = computed(() => state.run)
export const busy = ref(false)
let heard: (() => void) | null = null
let soon = 0

function take(found: BulkRun): void {
  state.run = found
  bulkRun.value = found.id
  localStorage.setItem('peakend.bulk', found.id)
  // Putting back tells only its end.
  if (found.state !== 'undoing') return
  clearTimeout(soon)
  soon = window.setTimeout(() => void look(), 1500)
}

export async function look(): Promise<void> {
  if (!bulkRun.value) return
  const found = await api.get<BulkRun>(`/bulk-runs/${bulkRun.value}`).catch((error: { status?: number }) => (error.status === 404 ? 'gone' : null))
  if (found === 'gone') putAway()
  else if (found) take(found as BulkRun)
}

/** Hear how far it is, for as long as the desk is open. */
export function listen(): void {
  heard ??= onFrame((frame) => {
    const mine = frame.t === 'facts' && frame.facts.some((fact) => fact.type.startsWith('Bulk') && fact.agent_id === myId() && fact.payload.run_id === bulkRun.value)
    if (!mine && frame.t !== 'hello' && frame.t !== 'resync') return
    clearTimeout(soon)
    soon = window.setTimeout(() => void look(), 150)
  })
  void look()
}

export function putAway(): void {
  state.run = null
  bulkRun.value = ''
  localStorage.removeItem('peakend.bulk')
}

/** Begin; the id is made once for each wish, so a second click is the same run. */
export async function begin(client_id: string, what: What, args: Args): Promise<boolean> {
  if (busy.value) return false
  busy.value = true
  const store = useConversations()
  const ids = [...chosen].filter((id) => store.rows.has(id)).slice(0, MOST)
  const body = all.value ? { filter: all.value } : { chosen: ids.map((id) => ({ id, version: store.rows.get(id)?.version ?? 0 })) }
  try {
    take(await api.post<BulkRun>('/bulk-runs', { client_id, what, args, ...body }))
    chosen.clear()
    all.value = null
    listen()
    return true
  } catch (error) {
    sayFailure(t('automation.bulk.failed'), error)
    return false
  } finally {
    busy.value = false
  }
}

export async function undo(): Promise<void> {
  if (!state.run || busy.value) return
  busy.value = true
  try {
    take(await api.post<BulkRun>(`/bulk-runs/${state.run.id}/undos`))
  } catch (error) {
    sayFailure(t('automation.bulk.undo_failed'), error)
  } finally {
    busy.value = false
  }
}
