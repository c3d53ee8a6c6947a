/** What happens to the cases, promises and steps of somebody is said wherever the desk is. */
import type { Fact } from '@/api/types'
import { i18n } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { may, myId } from '@/app/session'
import { sound } from '@/app/sounds'
import { toast } from '@/ui/toast'
import { heardOf } from './heard'

const t = (key: string, values: Record<string, unknown> = {}) => i18n.global.t(key, values)

export function follow(go: (path: string) => void): () => void {
  return onFrame((frame) => { if (frame.t === 'facts') for (const fact of frame.facts) say(fact, go) })
}

function say(fact: Fact, go: (path: string) => void) {
  const me = myId()
  const heard = me ? heardOf(fact, me, may('cases.read')) : null
  if (!heard) return
  const text = t(`cases.${heard.words}`, heard.values)
  const show = () => go(heard.path)
  sound('message')
  notice(text, '', `${heard.words}/${fact.id}`, show)
  toast({ text, tone: heard.tone, stays_s: 15, action: { label: t('app.show'), run: show } })
}
