/** What is heard wherever the desk is: a whisper, a question of a colleague, an answer, a conversation going wrong. */
import type { Ref } from 'vue'
import { api } from '@/api/client'
import type { Fact, Frame } from '@/api/types'
import { i18n, needWords } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { may, myId } from '@/app/session'
import { followMine } from '@/contexts/conversations'
import { sound } from '@/app/sounds'
import { toast } from '@/ui/toast'
import type { Interventions, SideThread, WaitingApproval } from './types'

const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const COUNTED = ['InterventionNeeded', 'InterventionOver', 'InterventionDismissed', 'InterventionRestored', 'ConversationClosed']

export async function follow(calling: Ref<number>, askedMe: Ref<number>, toApprove: Ref<number>, go: (path: string) => void): Promise<() => void> {
  await needWords('assist/care')
  const unfollow = await followMine()
  const leads = may('conversations.take_over')
  let timer = 0
  async function count() {
    timer = 0
    const found = await api.get<Interventions>('/interventions').catch(() => null)
    if (found) calling.value = found.count
  }
  async function look() {
    const found = await api.get<SideThread[]>('/side-threads').catch(() => null)
    if (found) askedMe.value = found.filter((one) => one.unread).length
  }
  /** What waits for me; whoever may not decide on a reply is not told of it. */
  async function approvals(told: Fact[]) {
    const waiting = await api.get<WaitingApproval[]>('/approvals').catch(() => null)
    if (!waiting) return
    toApprove.value = waiting.length
    for (const fact of told) if (waiting.some((one) => one.approval.id === fact.payload.approval_id)) heardApproval(fact, go)
  }
  function soon() {
    if (leads && !timer) timer = window.setTimeout(count, 600)
  }
  function hear(frame: Frame) {
    if (frame.t === 'hello' || frame.t === 'resync') soon()
    if (frame.t === 'resync' && may('conversations.approve')) void approvals([])
    if (frame.t !== 'facts') return
    if (frame.facts.some((fact) => COUNTED.includes(fact.type))) soon()
    for (const fact of frame.facts) if (fact.type === 'SideNoteWritten') heard(fact, go)
    const about = frame.facts.filter((fact) => fact.type.startsWith('Approval'))
    for (const fact of about) if (fact.agent_id === myId()) heardMine(fact, go)
    const told = about.filter((fact) => fact.agent_id !== myId() && /^Approval(Asked|Late)$/.test(fact.type))
    if (may('conversations.approve') && (about.length || (toApprove.value && frame.facts.some((fact) => fact.type === 'ConversationClosed')))) void approvals(told)
    if (frame.facts.some((fact) => fact.type === 'SideNoteWritten' ? toMe(fact) : fact.type === 'SideThreadRead' && fact.agent_id === myId())) void look()
  }
  soon()
  if (may('conversations.note')) void look()
  if (may('conversations.approve')) void approvals([])
  const end = onFrame(hear)
  return () => { end(); unfollow(); clearTimeout(timer) }
}

const toMe = (fact: Fact) => ((fact.payload.member_ids ?? []) as string[]).includes(myId())

/** Somebody wrote to me beside a conversation. */
function heard(fact: Fact, go: (path: string) => void) {
  const id = fact.conversation_id
  if (!id || !toMe(fact)) return
  sound('message')
  // Who was asked may not see the conversation itself; who asked, or is whispered to, has it.
  const asked = fact.payload.kind === 'question' && fact.payload.seq === 1
  const show = () => go(asked ? `/desk/side/${String(fact.payload.thread_id)}` : `/desk/inbox/${id}`)
  const text = t(fact.payload.kind === 'whisper' ? 'assist.care.heard_whisper' : asked ? 'assist.care.heard_question' : 'assist.care.heard_answer')
  notice(text, '', String(fact.payload.thread_id), show)
  if (!document.querySelector(`[data-side="${id}"]`)) toast({ text, tone: 'info', stays_s: 30, action: { label: t('app.show'), run: show } })
}

/** A senior has decided on mine, or it has waited long. */
function heardMine(fact: Fact, go: (path: string) => void) {
  const id = fact.conversation_id
  const outcome = fact.payload.outcome as string | undefined
  const late = fact.type === 'ApprovalLate'
  if (!id || !(outcome || late)) return
  const text = t(late ? 'assist.care.approval_heard_late_mine' : `assist.care.approval_heard_${outcome}`)
  toast({ text, tone: outcome === 'returned' || late ? 'warning' : 'calm', action: { label: t('app.show'), run: () => go(`/desk/inbox/${id}`) } })
  if (outcome === 'returned') sound('message')
}

/** A reply waits for me. */
function heardApproval(fact: Fact, go: (path: string) => void) {
  const id = String(fact.payload.approval_id)
  const late = fact.type === 'ApprovalLate'
  const show = () => go(`/desk/approvals/${id}`)
  const text = t(late ? 'assist.care.approval_heard_late' : 'assist.care.approval_heard')
  sound('message')
  notice(text, '', id, show)
  toast({ text, tone: late ? 'warning' : 'info', stays_s: 20, action: { label: t('app.show'), run: show } })
}
