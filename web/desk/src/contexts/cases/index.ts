import type { BesideCard } from '@/contexts/customers'

/** What stands beside a conversation; each card comes with its words when it is first shown. */
export const caseCards: BesideCard[] = [
]
