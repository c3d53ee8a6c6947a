/** What else goes on with the same customer, and making one matter of two or two of one. */
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onUnmounted, type Ref } from 'vue'
import { useRouter } from 'vue-router'
import { api, ApiError } from '@/api/client'
import type { ConversationRow, Shapes } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { onFacts } from '@/app/live'
import { toast } from '@/ui/toast'
import { useConversations } from '../store'

export type Related = Shapes['RelatedConversation']
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const key = (id: string) => ['related', id]

export function useRelated(row: Ref<ConversationRow>) {
  const query = useQuery(computed(() => ({ queryKey: key(row.value.id), staleTime: 10_000, queryFn: () => api.get<Related[]>(`/conversations/${row.value.id}/related`) })))
  const queries = useQueryClient()
  let soon = 0
  onUnmounted(() => clearTimeout(soon))
  onUnmounted(onFacts((frame) => {
    // What is kept of conversations passed before is asked for again when one comes back to them.
    const changed = new Set(frame.conversations.map((one) => one.id))
    void queries.invalidateQueries({ queryKey: ['related'], refetchType: 'none', predicate: (kept) => (kept.state.data as Related[] | undefined)?.some((one) => changed.has(one.id)) ?? false })
    // Who was told apart again is another customer by now, and still stands here.
    const touched = frame.conversations.some((one) => one.customer.id === row.value.customer.id && one.id !== row.value.id) || (query.data.value ?? []).some((one) => changed.has(one.id))
      || frame.facts.some((fact) => fact.conversation_id === row.value.id && /Linked|Joined|Split|Moved/.test(fact.type))
    if (!touched) return
    clearTimeout(soon)
    soon = window.setTimeout(() => void query.refetch(), 400)
  }))
  return query
}

export function useMatters() {
  const store = useConversations()
  const queries = useQueryClient()
  const router = useRouter()
  const open = (id: string) => void router.push(`/desk/inbox/${id}`)
  const again = () => void queries.invalidateQueries({ queryKey: ['related'] })

  function refused(what: string, row: ConversationRow, error: unknown): void {
    again()
    if (error instanceof ApiError && error.status === 409) {
      void store.open(row.id)
      toast({ text: t(what), hint: error.code.endsWith('stale') ? t('conversations.stale') : error.message, tone: 'warning' })
    } else sayFailure(t(what), error)
  }

  async function merge(row: ConversationRow, other: { id: string; number: number; version?: number }, quiet = false): Promise<boolean> {
    try {
      const done = await api.post<{ merge_id: string; conversation: ConversationRow }>(`/conversations/${row.id}/merges`, { absorbed_id: other.id, absorbed_version: other.version ?? null })
      store.take(done.conversation)
      again()
      if (!quiet) toast({ text: t('conversations.joined', { number: other.number }), undo: () => void part(row, done.merge_id) })
      return true
    } catch (error) {
      refused('conversations.join_failed', row, error)
      return false
    }
  }

  async function part(row: ConversationRow, merge: string): Promise<void> {
    try {
      store.take(await api.remove<ConversationRow>(`/conversation-merges/${merge}`))
      again()
    } catch (error) {
      refused('conversations.part_failed', row, error)
    }
  }

  async function split(row: ConversationRow, message_ids: string[]): Promise<boolean> {
    try {
      const made = await api.post<ConversationRow>(`/conversations/${row.id}/splits`, { message_ids, version: row.version })
      store.take(made)
      again()
      toast({ text: t('conversations.split_done', { number: made.number }), action: { label: t('conversations.open_it'), run: () => open(made.id) }, stays_s: 8 })
      return true
    } catch (error) {
      refused('conversations.split_failed', row, error)
      return false
    }
  }

  async function link(row: ConversationRow, other: Related, linked: boolean): Promise<void> {
    try {
      const path = `/conversations/${row.id}/links/${other.id}` as const
      queries.setQueryData(key(row.id), linked ? await api.put<Related[]>(path, {}) : await api.remove<Related[]>(path))
      again()
    } catch (error) {
      refused(linked ? 'conversations.link_failed' : 'conversations.unlink_failed', row, error)
    }
  }

  return { merge, part, split, link, open }
}
