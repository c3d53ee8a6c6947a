import { useI18n } from 'vue-i18n'
import { reason } from '@/app/failures'
import { CeremonyError } from './ceremony'

/** Say in words why a passkey was not made or taken. */
export function useSaid() {
  const { t } = useI18n()
  return (error: unknown) => (error instanceof CeremonyError ? t(`accounts.passkeys.${error.why}`, { origin: error.origin }) : reason(error))
}
