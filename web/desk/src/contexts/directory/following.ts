/** Who answers for an entry hears that it is due; the number of them stands in the rail. */
import { api } from '@/api/client'
import type { Shapes } from '@/api/types'
import { i18n } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { may, myId } from '@/app/session'
import { toast } from '@/ui/toast'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})

export function follow(go: (path: string) => void, told: (count: number) => void): () => void {
  let timer = 0
  async function count() {
    timer = 0
    const found = await api.get<Shapes['DirectoryDue']>('/directory/due').catch(() => null)
    if (found) told(found.mine)
  }
  const soon = () => { timer ||= window.setTimeout(count, 600) }
  const end = onFrame((frame) => {
    if (frame.t === 'hello' || frame.t === 'resync') soon()
    if (frame.t !== 'facts') return
    const facts = frame.facts.filter((fact) => fact.type.startsWith('DirectoryEntry'))
    if (!facts.length) return
    soon()
    const mine = facts.filter((fact) => fact.type === 'DirectoryEntryDue' && (fact.payload.owner_id ? fact.payload.owner_id === myId() : may('directory.edit')))
    if (mine.length) heard(mine.length, String(mine[0].payload.entry_id), mine.some((fact) => fact.payload.standing === 'overdue'), go)
  })
  void count()
  return () => { end(); clearTimeout(timer) }
}

function heard(n: number, first: string, late: boolean, go: (path: string) => void) {
  const show = () => go(n === 1 ? `/desk/directory/${first}` : '/desk/directory?show=mine')
  const text = t(late ? 'directory.heard_overdue' : 'directory.heard_soon', { n })
  notice(text, '', `directory/${first}`, show)
  toast({ text, tone: late ? 'warning' : 'info', stays_s: 30, action: { label: t('app.show'), run: show } })
}
