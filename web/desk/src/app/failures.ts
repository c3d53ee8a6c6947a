/** Say a failure in a toast: what failed first, then the server's reason. */
import { ApiError } from '@/api/client'
import { toast } from '@/ui/toast'
import { i18n } from './i18n'

export function reason(error: unknown): string {
  if (error instanceof ApiError) return error.status ? error.message : i18n.global.t('app.no_network')
  return i18n.global.t('app.unexpected')
}

export function sayFailure(what: string, error: unknown): void {
  toast({ text: what, hint: reason(error), tone: 'danger' })
}
