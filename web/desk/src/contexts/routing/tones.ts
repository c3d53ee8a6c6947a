import type { PresenceState } from '@/api/types'
import type { Tone } from '@/ui/kinds'

/** Busy is not red: a busy agent is doing the job. */
export const presenceTone: Record<PresenceState, Tone> = {
  ready: 'calm', busy: 'info', wrap_up: 'ai', break: 'warning', offline: 'neutral',
}
