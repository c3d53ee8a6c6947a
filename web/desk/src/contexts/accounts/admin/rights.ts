/** Roles as the screens show them: one list of built-in and own ones, and how one differs from where it came from. */
import { computed } from 'vue'
import type { Shapes } from '@/api/types'
import { useGet } from '@/api/query'
import { i18n } from '@/app/i18n'
import type { Role } from '../types'

export type RolesView = Shapes['RolesView']
export type OwnRole = Shapes['RoleView']
export type Effective = Shapes['Effective']
export type Sight = OwnRole['sight']
export type Proposal = Shapes['ProposalView']
export const sights: Sight[] = ['own', 'team', 'brand', 'all']

/** A role in the list; `own` is missing for those that every house has. */
export interface ShownRole {
  key: string
  name: string
  holders: number
  permissions: string[]
  own?: OwnRole
}

const words = i18n.global.t as (key: string) => string
/** Others may bring rights before they have words: then the code is shown. */
function worded(key: string, otherwise: string): string {
  const text = words(`accounts.admin.${key}`)
  return text === `accounts.admin.${key}` ? otherwise : text
}
export const rightName = (permission: string) => worded(`right.${permission}`, permission)
export const rightHint = (permission: string) => worded(`hint.${permission}`, '')
export const groupName = (context: string) => worded(`group.${context}`, context)

/** What a role has beyond its template, and what it lacks of it. */
export function differences(permissions: string[], template: string[]): { more: string[]; less: string[] } {
  return { more: permissions.filter((one) => !template.includes(one)), less: template.filter((one) => !permissions.includes(one)) }
}

export function useRoles() {
  const query = useGet<RolesView>('/roles')
  const shown = computed<ShownRole[]>(() => [
    ...(query.found.value?.built_in ?? []).map((one) => ({ key: one.key, name: words(`accounts.role_${one.key}`), holders: one.holders, permissions: one.permissions })),
    ...(query.found.value?.own ?? []).map((one) => ({ key: one.id, name: one.name, holders: one.holders, permissions: one.permissions, own: one })),
  ])
  const template = (role: Role) => query.found.value?.built_in.find((one) => one.key === role)?.permissions ?? []
  return { ...query, shown, template }
}
