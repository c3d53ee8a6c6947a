/** Pure: where a conversation can go, and whom the directory names for it, in the order in which they are offered. */
import type { ConversationRow, Shapes, TransferTargets } from '@/api/types'
import type { Tone } from '@/ui/kinds'
import { matches } from '@/ui/match'
import { presenceTone } from '../tones'

export type Entry = Shapes['DirectoryEntry']
export type Kind = 'queue' | 'agent' | 'team'
export interface Spot { key: string; kind: Kind; id: string; name: string; dot: Tone; side: string; off: boolean }
type Say = (key: string, values?: Record<string, unknown>) => string
const ORDER = ['ready', 'busy', 'wrap_up', 'break', 'offline']

function minutes(wait: { low_s: number | null; high_s: number | null } | null, t: Say): string {
  if (!wait || wait.low_s === null || wait.high_s === null) return ''
  const [low, high] = [Math.max(1, Math.round(wait.low_s / 60)), Math.max(1, Math.ceil(wait.high_s / 60))]
  return low < high ? t('routing.wait_range', { low, high }) : t('routing.wait_about', { high })
}

/** Every queue, agent and team; who cannot take it now stands there switched off. */
export function spots(found: TransferTargets, row: ConversationRow, leaveOut: string | null, t: Say): Spot[] {
  const queues = found.queues.map((one) => ({ kind: 'queue' as const, id: one.id, name: one.name, dot: one.open ? 'calm' as const : 'neutral' as const, side: one.open ? `${t('routing.waiting_count', { n: one.waiting })}${minutes(one.wait, t) ? ` · ${minutes(one.wait, t)}` : ''}` : t('routing.queue_closed'), off: !one.open || (one.id === row.queue_id && row.state === 'waiting') }))
  const teams = found.teams.map((one) => ({ kind: 'team' as const, id: one.id, name: one.name, dot: one.ready ? 'calm' as const : 'neutral' as const, side: t('routing.team_ready', { n: one.ready }), off: false }))
  const agents = found.agents.filter((one) => one.id !== leaveOut).sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.load - b.load)
    .map((one) => ({ kind: 'agent' as const, id: one.id, name: one.name, dot: presenceTone[one.state], side: `${t(`routing.${one.state}`)} · ${one.load}/${one.capacity}${one.team ? ` · ${one.team}` : ''}`, off: one.state === 'offline' || one.id === row.agent_id }))
  return [...queues, ...agents, ...teams].map((one) => ({ ...one, key: `${one.kind}:${one.id}` }))
}

export function nameOf(entry: Entry, language: string): string {
  return (language === 'en' && entry.name_en) || entry.name_zh
}
/** What was written down about an entry, in the reader's language where it is there. */
export const said = (entry: Entry, what: 'competence' | 'power' | 'hours_text' | 'note', language: string): string => (language === 'en' && entry[`${what}_en`]) || entry[what]

/** Where an entry leads to, if a conversation can go there now. */
export function leadsTo(entry: Entry | undefined, all: readonly Spot[]): Spot | null {
  return all.find((one) => one.kind === entry?.target_kind && one.id === entry.target_id && !one.off) ?? null
}

/** Who can solve it comes first, then who is there now, then who was verified lately. */
export function ranked(entries: readonly Entry[], text: string): Entry[] {
  const rank = (one: Entry) => (one.fit ?? 9) * 100 + (one.open === false ? 10 : 0) + (one.standing === 'overdue' ? 1 : 0)
  return entries.filter((one) => matches(text, one.name_zh, one.name_en, one.typed, one.competence, one.competence_en, one.power, one.power_en, ...one.reasons.map((reason) => reason.name)))
    .sort((a, b) => rank(a) - rank(b) || a.name_zh.localeCompare(b.name_zh, 'zh-CN-u-co-pinyin'))
}
