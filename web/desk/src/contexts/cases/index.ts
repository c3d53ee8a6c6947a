import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'
import type { BesideCard } from '@/contexts/customers'

/** What stands beside a conversation; each card comes with its words when it is first shown. */
export const caseCards: BesideCard[] = [
  { name: 'cases', permission: 'cases.read', component: defineAsyncComponent(async () => { await needWords('cases', 'cases/cases'); return import('./cases/CaseCard.vue') }) },
  { name: 'promises', permission: 'cases.read', component: defineAsyncComponent(async () => (await needWords('cases/promises'), import('./promises/PromiseCard.vue'))) },
]

/** Hear of one's cases, promises and steps. */
export const followCases = async (go: (path: string) => void) => (await import('./cases/following')).follow(go)
/** Hear of approvals wherever the desk is. */
export const followApprovals = async (go: (path: string) => void) => (await import('./approvals/following')).follow(go)
export { pageParts, type PagePart } from './pageParts'
