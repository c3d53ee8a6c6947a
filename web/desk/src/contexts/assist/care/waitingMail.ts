/** What makes a waiting reply a mail: to whom and about what, to be read, and to be taken up again when it came back. */
import type { Shapes, StoredFile } from '@/api/types'
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

/** As the composer takes it; files beside its words are put in anew. What it answers stands in its words already. */
export const mailAgain = (mail: WaitingMail, pictures: StoredFile[] = []): MailFields => ({
  ...blank(), ...fromDraft(mail as NonNullable<Parameters<typeof fromDraft>[0]>, pictures), quoted: false,
})

const DROPPED = 'script, style, meta, link, base, form, iframe, frame, object, embed, svg, math, template'
/** The HTML as it is shown before it goes: its pictures by number, links that lead nowhere and say where they would lead. */
export function asPaper(html: string, pictures: readonly StoredFile[]): { html: string; shown: StoredFile[] } {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  body.querySelectorAll(DROPPED).forEach((one) => one.remove())
  const shown: StoredFile[] = []
  for (const one of body.querySelectorAll('img')) {
    const file = pictures.find(({ id }) => one.getAttribute('src') === `cid:${id}`)
    one.removeAttribute('src')
    one.removeAttribute('srcset')
    if (file) one.dataset.inside = String(shown.push(file))
  }
  for (const one of body.querySelectorAll('a')) {
    one.title = one.getAttribute('href') ?? ''
    one.removeAttribute('href')
    one.style.textDecoration = 'underline'
  }
  return { html: body.innerHTML, shown }
}
