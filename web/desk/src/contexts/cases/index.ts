import type { BesideCard } from '@/contexts/customers'

/** What stands beside a conversation; each card comes with its words when it is first shown. */
export const caseCards: BesideCard[] = [
]

/** Hear of approvals wherever the desk is. */
export const followApprovals = async (go: (path: string) => void) => (await import('./approvals/following')).follow(go)
