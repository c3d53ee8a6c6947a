/** Where the mailboxes of well-known providers are read and written by; every house may use others. */
import type { Auth, Line } from './mail'

export interface Provider { id: string; imap: Line; smtp: Line }

const lines = (id: string, imap: string, smtp: string, port: 465 | 587 = 465, auth: Auth = 'password'): Provider => ({
  id, imap: { host: imap, port: 993, tls: 'implicit', auth }, smtp: { host: smtp, port, tls: port === 465 ? 'implicit' : 'starttls', auth },
})
/** In the order in which they are offered; the hint of each says what its password is. */
export const providers: Provider[] = [
  lines('qq', 'imap.qq.com', 'smtp.qq.com'),
  lines('163', 'imap.163.com', 'smtp.163.com'),
  lines('126', 'imap.126.com', 'smtp.126.com'),
  lines('exmail', 'imap.exmail.qq.com', 'smtp.exmail.qq.com'),
  lines('aliyun', 'imap.qiye.aliyun.com', 'smtp.qiye.aliyun.com'),
  lines('netease', 'imap.qiye.163.com', 'smtp.qiye.163.com'),
  lines('gmail', 'imap.gmail.com', 'smtp.gmail.com', 465, 'google'),
  lines('microsoft', 'outlook.office365.com', 'smtp.office365.com', 587, 'microsoft'),
  lines('outlook', 'outlook.office365.com', 'smtp-mail.outlook.com', 587, 'microsoft'),
  lines('microsoft_cn', 'partner.outlook.cn', 'smtp.partner.outlook.cn', 587, 'microsoft_cn'),
  lines('icloud', 'imap.mail.me.com', 'smtp.mail.me.com', 587),
]

/** Which provider a server is one of; the first of those that share one. */
export function providerOf(way: 'imap' | 'smtp', host: string): string | null {
  return providers.find((one) => one[way].host === host.trim().toLowerCase())?.id ?? null
}

/** Who gives leave for the mailboxes of a server, where anybody does. */
export function giverOf(host: string): Auth | null {
  const line = providers.flatMap((one) => [one.imap, one.smtp]).find((one) => one.host === host.trim().toLowerCase())
  return line && line.auth !== 'password' ? line.auth : null
}
