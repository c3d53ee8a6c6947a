/** What becomes of a mail after it was sent: taken back while it is held, tried anew, or written another way. */
import { api } from '@/api/client'
import type { Message, Shapes, StoredFile } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { insertIntoComposer } from '../insert'
import type { Unsent } from '../outbox'
import { chooseMail } from '../way'
import type { Address } from './addresses'
import { shown } from './answering'
import { blank, bringBack, remembered, type MailFields } from './fields'
import { asHtml } from './useMail'

const t = (key: string) => i18n.global.t(key)
/** So long a mail is held before it is handed over. */
export const HOLD_MS = 10_000

export type MailSeen = Shapes['MailShown']
export const mailOf = (message: Message) => api.get<MailSeen>(`/conversations/${message.conversation_id}/messages/${message.id}/mail`)

/** What the server gives back of a mail that was taken back. */
type Undone = Shapes['Undone']
/** The mail as it stood in the editor: from this window's memory, or as the server has it. */
export function asFields(message: Message, seen: MailSeen | Undone['mail'] | null): { fields: MailFields; files: StoredFile[] } {
  const was = remembered(message.client_id)
  if (was) return was
  const html = seen?.html ?? ''
  const pictures = message.files.filter((one) => html.includes(`cid:${one.id}`))
  const people = (some: { email: string; name?: string }[] | undefined) => (some ?? []).map(({ email, name = '' }) => ({ email, name }))
  return {
    // What it quoted stands in it already.
    fields: { ...blank(), to: people(seen?.to), cc: people(seen?.cc), bcc: people(seen?.bcc), subject: seen?.subject ?? null, html: shown(html, pictures) || asHtml(message.text), pictures, quoted: false },
    files: message.files.filter((one) => !pictures.includes(one)),
  }
}

/** A mail that never left this window, as it stood in the editor. */
export function refused({ client_id, mail, text, files }: Unsent): { fields: MailFields; files: StoredFile[] } {
  const was = remembered(client_id)
  if (was) return was
  const html = mail?.html ?? ''
  const pictures = files.filter((one) => html.includes(`cid:${one.id}`))
  const or = (people?: Address[]) => (people?.length ? people : null)
  return {
    fields: { ...blank(), to: or(mail?.to), cc: or(mail?.cc), bcc: mail?.bcc ?? [], subject: mail?.subject ?? null, html: shown(html, pictures) || asHtml(text), pictures, quoted: false },
    files: files.filter((one) => !pictures.includes(one)),
  }
}

/** Take a mail back while it is held, and go on writing it. Returns whether it came back. */
export async function undo(message: Message): Promise<boolean> {
  let back: Undone
  try {
    back = await api.post<Undone>(`/conversations/${message.conversation_id}/messages/${message.id}/mail/undo`)
  } catch (error) {
    sayFailure(t('conversations.mailing.undo_failed'), error)
    return false
  }
  const { fields, files } = asFields(message, back.mail)
  bringBack(message.conversation_id, fields, files)
  toast({ text: t('conversations.mailing.undone'), tone: 'calm' })
  return true
}

export async function retry(message: Message): Promise<void> {
  try {
    await api.post(`/conversations/${message.conversation_id}/messages/${message.id}/mail/retry`)
  } catch (error) {
    sayFailure(t('conversations.mailing.retry_failed'), error)
  }
}

/** Write what did not arrive once more, to somebody else. */
export async function rewrite(message: Message): Promise<void> {
  const { fields, files } = asFields(message, remembered(message.client_id) ? null : await mailOf(message).catch(() => null))
  bringBack(message.conversation_id, fields, files)
}

/** The words go on in the chat. */
export function sayInChat(message: Message): void {
  chooseMail(message.conversation_id, false, true)
  setTimeout(() => insertIntoComposer(message.text))
}
