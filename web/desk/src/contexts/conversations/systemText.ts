/** The house's own lines in a thread: worded here by code, with names for the ids, so that each reader gets their language. */
import { reactive } from 'vue'
import { api } from '@/api/client'
import type { Message, TransferTargets } from '@/api/types'
import { fullTime } from '@/app/dates'
import { i18n } from '@/app/i18n'
import { myId, useSession } from '@/app/session'
import { duration } from '@/ui/duration'

interface Spoken { t: (key: string, values: Record<string, unknown>) => string; te: (key: string) => boolean }
const names = reactive(new Map<string, string>())
let asked = false

async function ask(): Promise<void> {
  if (asked) return
  asked = true
  const found = await api.get<TransferTargets>('/transfer-targets').catch(() => null)
  for (const one of [...(found?.agents ?? []), ...(found?.teams ?? []), ...(found?.queues ?? [])]) names.set(one.id, one.name)
}

function nameOf(id: unknown): string {
  if (typeof id !== 'string') return ''
  const { me } = useSession()
  if (id === myId()) return me.value?.member.name ?? ''
  if (!names.has(id)) void ask()
  return names.get(id) ?? ''
}

export function systemText(message: Message): string {
  const { t: say, te } = i18n.global as unknown as Spoken
  const key = `conversations.system.${message.code ?? ''}`
  if (!message.code || !te(key)) return message.text || message.code || ''
  const values: Record<string, unknown> = { asked: '', rating: '' }
  for (const [name, value] of Object.entries(message.params ?? {})) {
    values[name] = Array.isArray(value) ? value.join(i18n.global.t('conversations.comma')) : name.endsWith('_s') && typeof value === 'number' ? duration(value) : value
    if (name.endsWith('_at')) values[name.slice(0, -3)] = fullTime(String(value))
    if (name.endsWith('_id')) values[name.slice(0, -3)] = nameOf(value)
  }
  for (const name of ['to', 'from', 'by', 'agent', 'queue']) values[name] ??= ''
  return say(key, values)
}
