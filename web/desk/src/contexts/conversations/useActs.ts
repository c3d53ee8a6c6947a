/** What a person does with a conversation: acts at once, offers undo, and says so when the server knows better. */
import { api, ApiError } from '@/api/client'
import type { ConversationRow, Priority } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { may, myId } from '@/app/session'
import { toast } from '@/ui/toast'
import { comesBack } from './aside'
import { useConversations } from './store'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

/** What I may do with a conversation as it is now. */
export function rights(row: ConversationRow) {
  const mine = row.state === 'serving' && row.agent_id === myId()
  return {
    mine,
    reply: mine && may('conversations.reply'),
    note: row.state !== 'closed' && may('conversations.note'),
    close: (mine || (row.state !== 'closed' && may('conversations.assign'))) && may('conversations.close'),
    transfer: (mine || (row.state !== 'closed' && may('conversations.assign'))) && may('conversations.transfer'),
    assign: row.state !== 'closed' && may('conversations.assign'),
    snooze: row.state === 'serving' && (mine || may('conversations.assign')) && may('conversations.note'),
    unread: mine,
    priority: row.state !== 'closed' && may('conversations.note'),
    take: row.state === 'waiting' || row.state === 'digital' || (row.state === 'serving' && !mine && may('conversations.take_over')),
    reopen: row.state === 'closed' && may('conversations.close'),
  }
}

export function useActs() {
  const store = useConversations()

  function refused(what: string, row: ConversationRow, error: unknown): void {
    if (error instanceof ApiError && error.status === 409) {
      void store.open(row.id)
      toast({ text: t(what), hint: error.code.endsWith('stale') ? t('conversations.stale') : error.message, tone: 'warning' })
    } else sayFailure(t(what), error)
  }
  function take(answer: ConversationRow | undefined | null, id: string): void {
    if (answer?.id && answer.version) store.take(answer)
    else void store.open(id)
  }

  async function pick(row: ConversationRow): Promise<boolean> {
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/picks`), row.id)
      return true
    } catch (error) {
      refused('conversations.pick_failed', row, error)
      return false
    }
  }

  async function close(row: ConversationRow, reason_id: string | null, solved: boolean): Promise<boolean> {
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/closings`, { reason_id, solved, version: row.version }), row.id)
      toast({ text: t('conversations.closed_toast', { name: row.customer.name }), undo: () => void reopen(row, true) })
      return true
    } catch (error) {
      refused('conversations.close_failed', row, error)
      return false
    }
  }

  async function reopen(row: ConversationRow, undo = false): Promise<void> {
    const now = store.rows.get(row.id) ?? row
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/reopenings`, { version: now.version, undo }), row.id)
    } catch (error) {
      refused('conversations.reopen_failed', row, error)
    }
  }

  async function setTags(row: ConversationRow, tag_ids: string[]): Promise<void> {
    const before = row.tags.map((tag) => tag.id)
    try {
      take(await api.put<ConversationRow>(`/conversations/${row.id}/tags`, { tag_ids, version: row.version }), row.id)
      toast({ text: t('conversations.tags_changed'), undo: () => { const now = store.rows.get(row.id); if (now) void setTags(now, before) } })
    } catch (error) {
      refused('conversations.tags_failed', row, error)
    }
  }

  /** Put a conversation aside; undone it is as it was. */
  async function snooze(row: ConversationRow, until: string, quiet = false): Promise<boolean> {
    const before = row.snoozed_until
    try {
      const answer = await api.post<ConversationRow>(`/conversations/${row.id}/snoozes`, { until, version: row.version })
      take(answer, row.id)
      if (!quiet) toast({ text: t('conversations.snoozed_toast', { name: row.customer.name, time: comesBack(answer.snoozed_until ?? until) }), undo: () => { const now = store.rows.get(row.id); if (now) void (before ? snooze(now, before, true) : wake(now, true)) } })
      return true
    } catch (error) {
      refused('conversations.snooze_failed', row, error)
      return false
    }
  }

  async function wake(row: ConversationRow, quiet = false): Promise<void> {
    const before = row.snoozed_until
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/wakings`, { version: row.version }), row.id)
      if (!quiet && before) toast({ text: t('conversations.woken_toast', { name: row.customer.name }), undo: () => { const now = store.rows.get(row.id); if (now) void snooze(now, before, true) } })
    } catch (error) {
      refused('conversations.wake_failed', row, error)
    }
  }

  async function setPriority(row: ConversationRow, priority: Priority, quiet = false): Promise<void> {
    const before = row.priority
    try {
      take(await api.put<ConversationRow>(`/conversations/${row.id}/priority`, { priority, version: row.version }), row.id)
      if (!quiet) toast({ text: t('conversations.priority_changed', { priority: t(`conversations.priority_${priority}`) }), undo: () => { const now = store.rows.get(row.id); if (now) void setPriority(now, before, true) } })
    } catch (error) {
      refused('conversations.priority_failed', row, error)
    }
  }

  async function markUnread(row: ConversationRow): Promise<void> {
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/unread-marks`), row.id)
      toast({ text: t('conversations.unread_toast', { name: row.customer.name }) })
    } catch (error) {
      refused('conversations.unread_failed', row, error)
    }
  }

  async function giveBack(row: ConversationRow): Promise<void> {
    try {
      take(await api.post<ConversationRow>(`/conversations/${row.id}/returns`), row.id)
      toast({ text: t('conversations.returned') })
    } catch (error) {
      refused('conversations.return_failed', row, error)
    }
  }

  async function read(row: ConversationRow, seq: number): Promise<void> {
    await api.post(`/conversations/${row.id}/reads`, { seq }).catch(() => undefined)
  }

  return { pick, close, reopen, setTags, snooze, wake, setPriority, markUnread, giveBack, read }
}
