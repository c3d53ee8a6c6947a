/** What supervisors and colleagues want, heard wherever the desk is; it comes after what is needed first. */
import { followCare } from '@/contexts/assist'
import { followAlerts } from '@/contexts/insight'

export async function follow(go: (path: string) => void): Promise<() => void> {
  const ends = await Promise.all([followCare(go), followAlerts(go)])
  return () => { for (const end of ends) end() }
}
