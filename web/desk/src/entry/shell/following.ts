/** What supervisors and colleagues want, heard wherever the desk is; it comes after what is needed first. */
import { followCare } from '@/contexts/assist'
import { BookUser, ClipboardList, HeartHandshake } from 'lucide-vue-next'
import { needWords } from '@/app/i18n'
import { may } from '@/app/session'
import { caseCards, followApprovals, followCases, pageParts } from '@/contexts/cases'
import { complaintCards, complaintParts, followCrises } from '@/contexts/complaints'
import { beside } from '@/contexts/customers'
import { followDirectory } from '@/contexts/directory'
import { followAlerts } from '@/contexts/insight'
import { later, type Place } from './overlay'

export async function follow(go: (path: string) => void): Promise<() => void> {
  // The desk opens without a network too, and says so; a browser that keeps nothing does without.
  if (import.meta.env.PROD) void navigator.serviceWorker?.register('/desk/sw.js').catch(() => undefined)
  pageParts.value = complaintParts
  beside.value = [...caseCards, ...complaintCards]
  const ends = await Promise.all([followCare(go), followAlerts(go), followApprovals(go), followCases(go), followCrises(go), places(go)])
  return () => { for (const end of ends) end() }
}

/** Places in the rail that come with their words; the directory counts what I have to verify. */
async function places(go: (path: string) => void): Promise<() => void> {
  await needWords('cases', 'complaints')
  const shy = matchMedia('(max-width: 899px)').matches
  const matters: Place[] = [
    // Who only helps in a department has one page here.
    may('cases.read') || !may('cases.department')
      ? { name: 'cases', to: '/desk/cases', icon: ClipboardList, words: 'cases', permission: 'cases.read', shy }
      : { name: 'cases', to: '/desk/cases/department', icon: ClipboardList, words: 'cases' },
    { name: 'complaints', to: '/desk/complaints', icon: HeartHandshake, words: 'complaints', permission: 'complaints.read', shy },
  ]
  const place = (count: number) => (later.value = [...matters, { name: 'directory', to: '/desk/directory', icon: BookUser, words: 'directory', count, shy }])
  later.value = matters
  const end = may('conversations.read') ? await followDirectory(go, place) : () => undefined
  if (may('conversations.read')) place(0)
  return () => { end(); later.value = [] }
}
