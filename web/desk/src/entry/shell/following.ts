/** What supervisors and colleagues want, heard wherever the desk is; it comes after what is needed first. */
import { followCare } from '@/contexts/assist'
import { BookUser } from 'lucide-vue-next'
import { followDirectory } from '@/contexts/directory'
import { followAlerts } from '@/contexts/insight'
import { may } from '@/app/session'
import { later } from './overlay'

export async function follow(go: (path: string) => void): Promise<() => void> {
  // The desk opens without a network too, and says so; a browser that keeps nothing does without.
  if (import.meta.env.PROD) void navigator.serviceWorker?.register('/desk/sw.js').catch(() => undefined)
  const ends = await Promise.all([followCare(go), followAlerts(go), directory(go)])
  return () => { for (const end of ends) end() }
}

/** Its place in the rail comes with its words, and counts what I have to verify. */
async function directory(go: (path: string) => void): Promise<() => void> {
  if (!may('conversations.read')) return () => undefined
  const place = (count: number) => (later.value = [{ name: 'directory', to: '/desk/directory', icon: BookUser, words: 'directory', count, shy: matchMedia('(max-width: 899px)').matches }])
  const end = await followDirectory(go, place)
  place(0)
  return () => { end(); later.value = [] }
}
