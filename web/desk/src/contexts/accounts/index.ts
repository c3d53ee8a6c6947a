import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'

/** What comes between the password and the session; loaded with its words when it is asked for. */
export const SecondStep = defineAsyncComponent(async () => {
  await needWords('accounts')
  return import('./parts/SecondStep.vue')
})
/** Signing in at the house's own provider; comes after the page, so that the password waits for nothing. */
export const SsoWays = defineAsyncComponent(async () => {
  await needWords('accounts/door')
  return import('./door/SsoWays.vue')
})
export { adminPages } from './adminPages'
export { default as AdminFrame } from './parts/AdminFrame.vue'
export { default as ProposeDialog } from './admin/parts/ProposeDialog.vue'
export { useProof } from './proof/useProof'
export { useSecondPerson } from './admin/useSecondPerson'
export type { Member, Skill, Team } from './types'
export { useBrands, useMembers, useSkills, useTeams } from './useAccounts'
