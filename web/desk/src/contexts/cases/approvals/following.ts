/** Who may decide hears that something waits for him, and who asked hears what became of it. */
import type { Fact } from '@/api/types'
import { i18n, needWords } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { myId } from '@/app/session'
import { sound } from '@/app/sounds'
import { toast } from '@/ui/toast'

const t = (key: string) => i18n.global.t(key)
const ENDED: Record<string, string> = { ApprovalGranted: 'granted', ApprovalRefused: 'refused', ApprovalExpired: 'expired' }

export async function follow(go: (path: string) => void): Promise<() => void> {
  await needWords('cases/approvals')
  return onFrame((frame) => { if (frame.t === 'facts') for (const fact of frame.facts) heard(fact, go) })
}

function heard(fact: Fact, go: (path: string) => void) {
  const id = String(fact.payload.request_id ?? '')
  const asked = fact.type === 'ApprovalRequested' || fact.type === 'ApprovalEscalated'
  if (asked && ((fact.payload.member_ids ?? []) as string[]).includes(myId() ?? '')) {
    const show = () => go(`/desk/cases/approvals/${id}`)
    const text = `${t(`cases.approvals.kind_${String(fact.payload.kind)}`)} · ${t('cases.approvals.heard')}`
    sound('message')
    notice(text, '', `approval/${id}`, show)
    toast({ text, tone: fact.type === 'ApprovalEscalated' ? 'warning' : 'info', stays_s: 20, action: { label: t('app.show'), run: show } })
  }
  const state = ENDED[fact.type]
  if (state && fact.agent_id === myId()) {
    const text = `${t(`cases.approvals.kind_${String(fact.payload.kind)}`)} · ${t(`cases.approvals.state_${state}`)}`
    toast({ text, tone: state === 'granted' ? 'calm' : 'warning', action: { label: t('app.show'), run: () => go(`/desk/cases/approvals/${id}?box=mine`) } })
  }
}
