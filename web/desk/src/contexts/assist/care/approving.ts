/** A reply on its way to a senior: from the composer as it stands, once, and never lost on the way. */
import { ref } from 'vue'
import { api } from '@/api/client'
import type { Shapes } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { discard } from '@/contexts/conversations'
import { shipComposed } from '@/contexts/conversations/composing'
import { toast } from '@/ui/toast'

export type Approval = Shapes['Approval']
export type Approver = Shapes['Approver']
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
/** While one is on its way, another press does nothing. */
export const shipping = ref(false)
/** The text of each, with its id: a repeat after a broken line is the same one. */
let tried = { key: '', client_id: '' }

type Unsent = Parameters<typeof discard>[0]
/** What it says: words with files, as a mail with all that makes it one, or cards that hold their words and pictures themselves. */
const saidBy = (one: Pick<Unsent, 'text' | 'files' | 'rich' | 'mail'>) => one.rich ? { text: '', file_ids: [], content: one.rich.content, template_id: one.rich.template_id, canned_reply_id: one.rich.canned_reply_id ?? null } : { text: one.text, file_ids: one.files.map((file) => file.id), mail: one.mail ?? null }
/** A reply that was refused because it has to be approved: ask for it as it stands. */
export async function askForUnsent(one: Unsent): Promise<void> {
  if (shipping.value) return
  shipping.value = true
  try {
    const body: Shapes['ApprovalAskedFor'] = { client_id: one.client_id, ...saidBy(one), article_id: one.article_id ?? null, reply_to: one.quote?.id ?? null, asked_id: null }
    await api.post<Approval>(`/conversations/${one.conversation_id}/approvals`, body)
    discard(one)
    toast({ text: t('assist.care.approval_sent'), tone: 'calm' })
  } catch (error) {
    sayFailure(t('assist.care.approval_not_sent_kept'), error)
  } finally {
    shipping.value = false
  }
}

/** `done` is called once it waits: where somebody is asked about newcomers, that is later. */
export async function sendForApproval(asked_id: string | null = null, done: () => void = () => undefined): Promise<boolean> {
  if (shipping.value) return false
  let body: Shapes['ApprovalAskedFor'] | null = null
  let here = ''
  let text = ''
  const take = (wanted: Unsent | Omit<Unsent, 'client_id' | 'at' | 'state'>) => {
    if (wanted.kind !== 'agent') return false
    here = wanted.conversation_id
    text = wanted.text
    const given = { ...saidBy(wanted), article_id: wanted.article_id ?? null, reply_to: wanted.quote?.id ?? null }
    const key = JSON.stringify([here, given])
    if (tried.key !== key) tried = { key, client_id: crypto.randomUUID() }
    body = { ...given, client_id: tried.client_id, asked_id }
    return false
  }
  shipComposed(Object.assign(take, { again: () => void sendForApproval(asked_id, done) }))
  if (!body) return false
  shipping.value = true
  try {
    await api.post<Approval>(`/conversations/${here}/approvals`, body)
    // The same words once more, after they came back, are asked for anew.
    tried = { key: '', client_id: '' }
    // What was typed meanwhile, or stands in another conversation by now, stays.
    shipComposed((now) => (now.conversation_id === here && now.text === text ? undefined : false))
    toast({ text: t('assist.care.approval_sent'), tone: 'calm' })
    done()
    return true
  } catch (error) {
    sayFailure(t('assist.care.approval_not_sent'), error)
    return false
  } finally {
    shipping.value = false
  }
}
