/** Codes of mails in words. */
import { i18n } from '@/app/i18n'

/** Why a mail was not sent, or came back; with `again` why not yet. */
export function saidCode(code: string | null | undefined, again = false): string {
  const { t, te } = i18n.global as unknown as { t: (key: string) => string; te: (key: string) => boolean }
  if (!code) return ''
  if (again && /^(recipient|content)_refused$/.test(code)) return t('conversations.mailing.code_refused_now')
  const key = `conversations.mailing.code_${code.replace(/^.*\./, '')}`
  return t(te(key) ? key : 'conversations.mailing.code')
}
