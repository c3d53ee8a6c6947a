/** One macro before one conversation: the preview, what the person makes of it, and the run. */
import { computed, ref } from 'vue'
import { api, ApiError } from '@/api/client'
import type { ConversationRow } from '@/api/types'
import { reason } from '@/app/failures'
import { currentLanguage, i18n } from '@/app/i18n'
import { useActs, useConversations, useReasons } from '@/contexts/conversations'
import { toast } from '@/ui/toast'
import { hasGap } from './outline'
import type { Preview } from './types'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const ENDS = ['transfer', 'assign', 'snooze', 'close']

export function useRun(id: () => string, row: () => ConversationRow) {
  const store = useConversations()
  const acts = useActs()
  const seen = ref<Preview | null>(null)
  const error = ref<unknown>(null)
  const loading = ref(true)
  const reply = ref('')
  const note = ref('')
  const reasonId = ref<string | null>(null)
  const solved = ref<string | null>(null)
  const busy = ref(false)
  const failed = ref('')
  const changed = ref(false)
  const client_id = crypto.randomUUID()
  const { data } = useReasons()
  const reasons = computed(() => [...(data.value?.nodes ?? [])].filter((one) => one.active).sort((a, b) => a.position - b.position)
    .map((one) => ({ id: one.id, parent_id: one.parent_id, label: one.label || (currentLanguage() === 'en' ? one.name_en : one.name_zh) })))
  const passes = computed(() => !!seen.value?.steps.some((one) => one.what === 'transfer'))
  const withNote = computed(() => seen.value !== null && (seen.value.note !== null || passes.value))
  /** A note that is written for a transfer is a step, too. */
  const steps = computed(() => {
    const found = seen.value?.steps ?? []
    if (!note.value.trim() || found.some((one) => one.what === 'note')) return found
    const at = found.findIndex((one) => one.what === 'transfer')
    return at < 0 ? found : [...found.slice(0, at), { what: 'note' as const, names: [], at: null, solved: null, blocked: null }, ...found.slice(at)]
  })
  const left = computed(() => steps.value.filter((one) => (one.what === 'reply' ? reply.value.trim() : one.what === 'note' ? note.value.trim() : true)))
  /** Why it cannot run as it stands; empty where it can. */
  const why = computed(() => {
    if (!seen.value) return t('ui.loading')
    if (left.value.some((one) => one.blocked)) return t('automation.blocked')
    if (!left.value.length) return t('automation.nothing')
    if (hasGap(reply.value) || hasGap(note.value)) return t('automation.gap')
    if (seen.value.needs_note && !note.value.trim()) return t('automation.needs_note')
    if (seen.value.needs_reason && !reasonId.value) return t('automation.needs_reason')
    if (seen.value.needs_solved && !solved.value) return t('automation.needs_solved')
    return ''
  })

  /** Look again; what was changed by hand stays. */
  async function load(): Promise<void> {
    const before = seen.value
    error.value = null
    try {
      const found = await api.post<Preview>(`/macros/${id()}/previews`, { conversation_id: row().id })
      if (!before || reply.value === (before.reply ?? '')) reply.value = found.reply ?? ''
      if (!before || note.value === (before.note ?? '')) note.value = found.note ?? ''
      seen.value = found
    } catch (problem) {
      error.value = problem
    } finally {
      loading.value = false
    }
  }

  /** Run it. Returns whether the conversation is out of hand then; null where nothing was done. */
  async function run(): Promise<boolean | null> {
    const now = seen.value
    if (!now || why.value || busy.value) return null
    busy.value = true
    failed.value = ''
    const before = row()
    try {
      const answer = await api.post<ConversationRow>(`/conversations/${before.id}/macro-runs`, {
        client_id, macro_id: now.macro_id, macro_version: now.macro_version, version: now.conversation_version,
        reply: now.reply === null ? null : reply.value, card_version: now.card?.version ?? null, note: withNote.value ? note.value : null, reason_id: reasonId.value, solved: solved.value === null ? null : solved.value === 'yes',
      })
      store.take(answer)
      const end = now.steps.find((one) => ENDS.includes(one.what))?.what
      const undo = end === 'close' ? () => void acts.reopen(before, true) : end === 'snooze' ? () => { const fresh = store.rows.get(before.id); if (fresh) void acts.wake(fresh, true) } : undefined
      toast({ text: t('automation.done', { title: now.title }), hint: undo ? t(end === 'close' ? 'automation.undo_close' : 'automation.undo_snooze') : undefined, undo })
      return !!end
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 409) {
        changed.value = problem.code.endsWith('stale')
        await load()
      }
      failed.value = changed.value ? '' : reason(problem)
      return null
    } finally {
      busy.value = false
    }
  }
  void load()
  return { seen, error, loading, reply, note, reasonId, solved, reasons, withNote, steps, why, busy, failed, changed, load, run }
}
