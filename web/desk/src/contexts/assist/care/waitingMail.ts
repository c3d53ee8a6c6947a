/** What makes a waiting reply a mail: to whom and about what, to be read, and to be taken up again when it came back. */
import type { Shapes } from '@/api/types'
import { fromDraft } from '@/contexts/conversations/mailing/answering'
import { blank, type MailFields } from '@/contexts/conversations/mailing/fields'

export type WaitingMail = Shapes['MailGiven']
export interface HeadLine { key: 'to' | 'cc' | 'bcc' | 'subject'; text: string }

const named = ({ email, name }: { email: string; name?: string }) => (name ? `${name} <${email}>` : email)
/** Its head, line by line; who is not named is whom the server knows. */
export function headOf(mail: WaitingMail, comma: string, sender: string): HeadLine[] {
  const people = (['to', 'cc', 'bcc'] as const).map((key) => ({ key, text: (mail[key] ?? []).map(named).join(comma) || (key === 'to' ? sender : '') }))
  return [...people, { key: 'subject' as const, text: mail.subject ?? '' }].filter((one) => one.text)
}

/** As the composer takes it; its pictures are put in anew, as files are. What it answers stands in its words already. */
export const mailAgain = (mail: WaitingMail): MailFields => ({
  ...blank(), ...fromDraft({ ...mail, html: (mail.html ?? '').replace(/<img\b[^>]*>/g, '') } as NonNullable<Parameters<typeof fromDraft>[0]>), quoted: false,
})
