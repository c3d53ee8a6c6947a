/** Who leads hears that a crisis began, and that one of its steps is late. */
import { i18n, needWords } from '@/app/i18n'
import { onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { sound } from '@/app/sounds'
import { toast } from '@/ui/toast'

const WORDS: Record<string, string> = { CrisisOpened: 'heard_opened', CrisisStepOverdue: 'heard_late' }

export async function follow(go: (path: string) => void): Promise<() => void> {
  await needWords('complaints/crisis')
  return onFrame((frame) => {
    if (frame.t !== 'facts') return
    for (const fact of frame.facts) {
      const words = WORDS[fact.type]
      if (!words) continue
      const drill = fact.payload.drill === true
      const text = `${drill ? `${i18n.global.t('complaints.crisis.drill')} · ` : ''}${i18n.global.t(`complaints.crisis.${words}`)}`
      const show = () => go(`/desk/complaints/crises/${String(fact.payload.crisis_id)}`)
      sound('late')
      notice(text, '', `crisis/${fact.id}`, show)
      toast({ text, tone: drill ? 'warning' : 'danger', stays_s: 30, action: { label: i18n.global.t('app.show'), run: show } })
    }
  })
}
