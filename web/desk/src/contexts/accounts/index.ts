export { default as AdminFrame } from './parts/AdminFrame.vue'
export type { Member, Skill, Team } from './types'
export { useBrands, useMembers, useSkills, useTeams } from './useAccounts'
