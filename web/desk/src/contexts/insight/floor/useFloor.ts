/** The floor in hand: which conversation is lifted, whom it suits, and giving it with its undo. */
import { computed, nextTick, ref } from 'vue'
import { api } from '@/api/client'
import { useGet, useRefresh } from '@/api/query'
import type { ConversationRow, Shapes } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { useWallboard } from '../useWallboard'

export interface Card { id: string; number: number; customer_name: string; leg_id: string; agent_id?: string; queue_id?: string | null }
export interface Place { kind: 'agent' | 'queue'; id: string; name: string }
type Spot = Omit<Place, 'name'>

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const BLOCKS = ['holds', 'offline', 'here']

/** Pure: rows in a remembered order; who left is gone, who came since waits. */
export function inPlace<T extends { id: string }>(ids: readonly string[], rows: readonly T[]): T[] {
  return ids.flatMap((id) => rows.find((one) => one.id === id) ?? [])
}

export function useFloor() {
  const board = useWallboard()
  const waiting = useGet<Shapes['InLine'][]>('/floor/waiting', {}, { every_ms: 5_000 })
  const refreshAll = useRefresh()
  const lifted = ref<Card | null>(null)
  const fits = ref<Shapes['Fits'] | null>(null)
  let from: HTMLElement | null = null
  const refresh = () => refreshAll('/wallboard', '/floor', '/alerts')

  /** Take a conversation in hand and ask whom it suits; by dragging, by a click or by a key. */
  async function lift(card: Card, by: HTMLElement | null, focus = false) {
    lifted.value = card
    fits.value = null
    from = by
    const found = await api.get<Shapes['Fits']>(`/conversations/${card.id}/fits`).catch((error: unknown) => {
      if (lifted.value?.id === card.id) { lifted.value = null; sayFailure(t('insight.floor.failed', { customer: card.customer_name }), error) }
      return null
    })
    if (!found || lifted.value?.id !== card.id) return
    fits.value = found
    if (focus) { await nextTick(); document.querySelector<HTMLElement>('[data-drop]:not([disabled])')?.focus() }
  }
  function putBack() {
    lifted.value = null
    fits.value = null
    from?.focus()
  }
  function lacks(place: Spot): string[] | null {
    const found = fits.value
    if (!found) return null
    return (place.kind === 'agent' ? found.agents : found.queues).find((one) => one.id === place.id)?.lacks ?? []
  }
  const blocked = (place: Spot) => (lacks(place) ?? []).some((one) => BLOCKS.includes(one))
  const missing = (id: string) => fits.value?.agents.find((one) => one.id === id)?.missing ?? []
  const put = (card: Card, place: Spot, leg_id?: string) => (place.kind === 'agent'
    ? api.post<ConversationRow>(`/conversations/${card.id}/assignments`, { agent_id: place.id, leg_id })
    : api.post<ConversationRow>(`/conversations/${card.id}/moves`, { queue_id: place.id, leg_id }))

  /** Give what is lifted to a place; within eight seconds it goes back to where it was. */
  async function drop(place: Place) {
    const card = lifted.value
    if (!card || !fits.value || blocked(place)) return
    lifted.value = null
    fits.value = null
    const before: Spot | null = card.agent_id ? { kind: 'agent', id: card.agent_id } : card.queue_id ? { kind: 'queue', id: card.queue_id } : null
    const said = { customer: card.customer_name, name: place.name }
    try {
      const row = await put(card, place, card.leg_id)
      toast({ text: t(place.kind === 'agent' ? 'insight.floor.given' : 'insight.floor.moved', said), undo: before ? () => void undo(card, before, row.leg_id ?? undefined) : undefined })
    } catch (error) {
      sayFailure(t('insight.floor.failed', said), error)
    }
    await refresh()
  }
  async function undo(card: Card, before: Spot, leg_id?: string) {
    try {
      await put(card, before, leg_id)
    } catch (error) {
      sayFailure(t('insight.floor.undo_failed', { customer: card.customer_name }), error)
    }
    await refresh()
  }
  const byQueue = computed(() => {
    const found = new Map<string, Shapes['InLine'][]>()
    for (const one of waiting.found.value ?? []) found.set(one.queue_id ?? '', [...(found.get(one.queue_id ?? '') ?? []), one])
    return found
  })
  return { board, waiting, byQueue, lifted, fits, lift, putBack, lacks, blocked, missing, drop, refresh }
}
export type Floor = ReturnType<typeof useFloor>
