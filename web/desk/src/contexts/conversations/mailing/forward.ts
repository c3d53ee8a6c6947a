/** A mail passed on to somebody outside: what it said and its files below a note of one's own. */
import type { ConversationRow, Message, StoredFile } from '@/api/types'
import { fullTime } from '@/app/dates'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { starting } from '../marks'
import { chooseMail, isMail } from '../way'
import { written } from './addresses'
import { blank, bringBack, bringFiles } from './fields'
import { mailOf, type MailSeen } from './sent'
import { asHtml } from './useMail'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const ALREADY = /^\s*(fwd?|wg|tr|转发|轉寄)\s*[:：]/i

const said = (one: MailSeen['from']) => written({ email: one.email, name: one.name ?? '' })
/** The original as it stands below the note. Its pictures go as files: they are no pictures of this mail. */
export function below(seen: MailSeen): { html: string; text: string } {
  const lines = [
    t('conversations.mailing.forward_head'),
    `${t('conversations.mailing.from')}: ${said(seen.from)}`,
    `${t('conversations.mailing.at')}: ${fullTime(seen.at)}`,
    ...(seen.to.length ? [`${t('conversations.mailing.to')}: ${seen.to.map(said).join(t('conversations.comma'))}`] : []),
    `${t('conversations.mailing.subject')}: ${seen.subject}`,
  ]
  const html = (seen.html || asHtml(seen.text)).replace(/<img\b[^>]*>/gi, '')
  return { html: `<div>${asHtml(lines.join('\n'))}<br>${html}</div>`, text: `${lines.join('\n')}\n\n${seen.text}` }
}

/** Open the composer with a mail that is passed on; nothing goes before somebody says to whom. */
export async function forwardOut(row: ConversationRow, message: Message): Promise<void> {
  try {
    const seen = await mailOf(message)
    const subject = ALREADY.test(seen.subject) ? seen.subject : t('conversations.mailing.forward_subject', { subject: seen.subject })
    if (!isMail(row)) chooseMail(row.id, true)
    bringBack(row.id, { ...blank(), to: [], cc: [], subject: subject.slice(0, 200), below: below(seen) })
    starting.value = row.id
    const got = await Promise.all(seen.attachments.map((one) => fetched(one.file)))
    bringFiles(row.id, got.filter((one) => !!one))
    const lost = got.filter((one) => !one).length
    if (lost) toast({ text: t('conversations.mailing.forward_files', { n: lost }), tone: 'warning' })
  } catch (error) {
    sayFailure(t('conversations.mailing.forward_failed'), error)
  }
}

/** A file of the original becomes one of ours: who passes it on has uploaded it. */
async function fetched(file: StoredFile): Promise<File | null> {
  try {
    const answer = await fetch(file.url, { credentials: 'same-origin' })
    return answer.ok ? new File([await answer.blob()], file.name, { type: file.mime }) : null
  } catch {
    return null
  }
}
