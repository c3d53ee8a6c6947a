/** Webhooks as the desk speaks of them. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export type Webhook = Shapes['WebhookView']
export type Delivery = Shapes['DeliveryView']
export type Standing = 'active' | 'failing' | 'paused' | 'disabled'

/** How a webhook does: one that fails again and again is still told, after rests. */
export const standing = (one: Webhook): Standing => (one.state === 'active' && one.failures >= 5 ? 'failing' : one.state)
export const tones: Record<Standing, Tone> = { active: 'calm', failing: 'warning', paused: 'neutral', disabled: 'danger' }
export const deliveryTones: Record<Delivery['state'], Tone> = { waiting: 'info', delivered: 'calm', dead: 'danger' }

/** What is sent, with its lines as people read them. */
export function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2)
}
