/** Mail as the desk speaks of it: servers, templates, the outbox. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export type Server = Shapes['MailServerView']
export type House = Shapes['MailHouse']
export type Mail = Shapes['MailView']
export type Template = Shapes['TemplateView']
export type Standing = 'none' | 'fresh' | 'active' | 'failing' | 'paused'

/** How a brand's server does: one that failed the last time is still tried. */
export function standing(server: Server | null | undefined): Standing {
  if (!server) return 'none'
  if (!server.active) return 'paused'
  if (server.failures) return 'failing'
  return server.last_good_at ? 'active' : 'fresh'
}
export const tones: Record<Standing, Tone> = { none: 'neutral', fresh: 'info', active: 'calm', failing: 'danger', paused: 'neutral' }
export const mailTones: Record<Mail['state'], Tone> = { queued: 'info', sending: 'info', sent: 'calm', failed: 'danger' }

/** The port that goes with an encryption, where the house has not chosen one of its own. */
export const usualPorts = { implicit: 465, starttls: 587, none: 25 } as const
export function portAfter(port: number | null, before: keyof typeof usualPorts, after: keyof typeof usualPorts): number | null {
  return port === null || port === usualPorts[before] ? usualPorts[after] : port
}

/** A variable as it is written into a template. */
export const braces = (name: string) => `{{ ${name} }}`
