import type { Shapes } from '@/api/types'

export type Member = Shapes['MemberView']
export type Role = Member['role']
export const roles: Role[] = ['agent', 'supervisor', 'admin']
export type Invitation = Shapes['InvitationView']
export type Team = Shapes['Team']
export type Skill = Shapes['Skill']
export type SecondStepState = Shapes['SecondStep']
export type AuthenticatorSecret = Shapes['AuthenticatorSecret']
export type SessionView = Shapes['SessionView']
export type SignInRules = Shapes['RulesView']
export type AuditEntry = Shapes['AuditEntry']
