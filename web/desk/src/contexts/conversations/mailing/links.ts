/** Where a link of a mail may lead. */
import { isAddress } from './addresses'

const PHONE = /^\+?\d[\d\s()-]{4,24}$/
/** The address that somebody means by what he wrote: of a page, of a mailbox or of a telephone; null for anything else. */
export function linkTo(text: string): string | null {
  const wanted = text.trim()
  const mail = wanted.replace(/^mailto:/i, '')
  if (isAddress(mail.replace(/\?.*$/, ''))) return `mailto:${mail}`
  const phone = wanted.replace(/^tel:/i, '')
  if (PHONE.test(phone)) return `tel:${phone.replace(/[\s()-]/g, '')}`
  const whole = /^https?:/i.test(wanted) ? wanted : `https://${wanted}`
  if (/\s/.test(wanted) || !URL.canParse(whole)) return null
  const { hostname, username } = new URL(whole)
  // A name before the host is how one address passes for another.
  return hostname.includes('.') && !username ? whole : null
}
