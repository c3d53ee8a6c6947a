export interface Member {
  id: string
  name: string
  login: string | null
  role: Role
  language: string
  capacity: number
  active: boolean
  team_ids: string[]
  skills: string[]
  avatar_url: string | null
}
export type Role = 'agent' | 'supervisor' | 'admin'
export const roles: Role[] = ['agent', 'supervisor', 'admin']
export interface Invitation { id: string; login: string; name: string; role: Role; invited_by: string | null; expires_at: string }
export interface Team { id: string; name: string; member_ids: string[] }
export interface Skill { id: string; name: string }
export interface AuditEntry {
  id: string
  at: string
  actor_kind: string
  actor_id: string | null
  actor_name: string
  action: string
  subject_type: string
  subject_id: string | null
  subject_name: string | null
  detail: Record<string, unknown>
}
