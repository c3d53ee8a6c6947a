/** Half a decision on a waiting reply, kept in this browser until it is made or given up. */
import { myId } from '@/app/session'

export interface Decision { doing: 'change' | 'return'; text: string; why: string }
const key = (id: string) => `peakend.deciding.${myId() ?? ''}.${id}`

export function keptDecision(id: string): Decision | null {
  try {
    return JSON.parse(localStorage.getItem(key(id)) ?? 'null') as Decision | null
  } catch {
    return null
  }
}
export function keepDecision(id: string, decision: Decision | null): void {
  if (decision) localStorage.setItem(key(id), JSON.stringify(decision))
  else localStorage.removeItem(key(id))
}
