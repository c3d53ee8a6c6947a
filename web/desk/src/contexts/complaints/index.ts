import { defineAsyncComponent } from 'vue'
import { needWords } from '@/app/i18n'
import { may } from '@/app/session'
import type { PagePart } from '@/contexts/cases'
import type { BesideCard } from '@/contexts/customers'

/** What stands beside a conversation; each card comes with its words when it is first shown. */
export const complaintCards: BesideCard[] = [
  { name: 'approved', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./crisis/ApprovedCard.vue'), needWords('complaints/crisis')]).then(([one]) => one)) },
  { name: 'complaints', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./complaints/ComplaintCard.vue'), needWords('complaints/complaints')]).then(([one]) => one)) },
  { name: 'compensation', permission: 'compensation.grant', component: defineAsyncComponent(() => Promise.all([import('./grants/CompensationCard.vue'), needWords('complaints/grants')]).then(([one]) => one)) },
  { name: 'leeway', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./exceptions/LeewayCard.vue'), needWords('complaints/exceptions')]).then(([one]) => one)) },
  { name: 'wait', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./waits/WaitCard.vue'), needWords('complaints/waits')]).then(([one]) => one)) },
]

/** What stands on the page of a case. */
export const complaintParts: PagePart[] = [
  { name: 'complaint', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./complaints/CaseComplaint.vue'), needWords('complaints/complaints')]).then(([one]) => one)) },
  { name: 'grants', permission: 'complaints.read', component: defineAsyncComponent(() => Promise.all([import('./grants/CaseGrants.vue'), needWords('complaints/grants')]).then(([one]) => one)) },
]

/** Hear of crises. */
export const followCrises = async (go: (path: string) => void) => (may('complaints.manage') ? (await import('./crisis/following')).follow(go) : () => undefined)
