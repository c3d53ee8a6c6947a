export interface Canned { id: string; shortcut: string; title: string; body: string; scope: 'all' | 'team' | 'own'; team_id: string | null; member_id: string | null; language: string; version: number; updated_at: string }
export interface Look { colour: string; title_zh: string; title_en: string; greeting_zh: string; greeting_en: string; questions_zh: string; questions_en: string; phone: string; position: 'right' | 'left' }
export interface Channel {
  id: string
  kind: string
  name: string
  key: string
  brand_id: string | null
  queue_id: string | null
  look: Look
  domains: string[]
  hours_id: string | null
  identity_required: boolean
  digital: boolean
  active: boolean
  version: number
  has_identity_secret: boolean
}
export interface ReasonNode { id: string; parent_id: string | null; name_zh: string; name_en: string; position: number; active: boolean }
