/** Open or close a queue at once, with undo. */
import { api } from '@/api/client'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'

export async function openQueue(queue: { id: string; name: string }, open: boolean, undoable = true): Promise<void> {
  try {
    await api.put(`/queues/${queue.id}/state`, { open })
    toast({
      text: i18n.global.t(open ? 'routing.admin.opened' : 'routing.admin.closed', { name: queue.name }),
      hint: open ? undefined : i18n.global.t('routing.admin.closed_hint'),
      undo: undoable ? () => void openQueue(queue, !open, false) : undefined,
    })
  } catch (error) {
    sayFailure(i18n.global.t('routing.admin.open_failed', { name: queue.name }), error)
  }
}
