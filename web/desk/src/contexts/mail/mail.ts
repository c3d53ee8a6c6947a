/** Mail as the desk speaks of it: servers, templates, the outbox. */
import type { Shapes } from '@/api/types'
import type { Tone } from '@/ui/kinds'

export type Server = Shapes['MailServerView']
export type House = Shapes['MailHouse']
export type Mail = Shapes['MailView']
export type Template = Shapes['TemplateView']
export type Signature = Shapes['BrandSignatureView']
export type Mailbox = Shapes['MailboxView']
export type Received = Shapes['ReceivedView']
export type MailApp = Shapes['MailAppView']
export type Auth = Server['auth']
/** Who gives leave to open a mailbox by something else than a password. */
export const givers = ['google', 'microsoft', 'microsoft_cn'] as const
export type Standing = 'none' | 'fresh' | 'active' | 'failing' | 'paused' | 'no_access'

/** How a brand's server does: one that failed the last time is still tried. */
export function standing(server: Server | null | undefined): Standing {
  if (!server) return 'none'
  if (!server.active) return 'paused'
  if (server.auth !== 'password' && !server.access) return 'no_access'
  if (server.failures || server.access?.message) return 'failing'
  return server.last_good_at ? 'active' : 'fresh'
}
export type BoxStanding = 'fresh' | 'active' | 'failing' | 'paused' | 'no_password' | 'no_access' | 'closed'

/** How a mailbox does: one without a password is not looked at, and one of our own needs a receiver. */
export function boxStanding(box: Mailbox): BoxStanding {
  if (!box.active) return 'paused'
  if (box.way === 'smtp') return box.message ? 'closed' : box.last_good_at ? 'active' : 'fresh'
  if (box.auth !== 'password' && !box.access) return 'no_access'
  if (box.auth === 'password' && !box.has_password) return 'no_password'
  if (box.failures || box.access?.message) return 'failing'
  return box.last_good_at ? 'active' : 'fresh'
}
export const boxTones: Record<BoxStanding, Tone> = { fresh: 'info', active: 'calm', failing: 'danger', paused: 'neutral', no_password: 'warning', no_access: 'warning', closed: 'danger' }
export const tones: Record<Standing, Tone> = { none: 'neutral', fresh: 'info', active: 'calm', failing: 'danger', paused: 'neutral', no_access: 'warning' }
export const mailTones: Record<Mail['state'], Tone> = { queued: 'info', sending: 'info', sent: 'calm', failed: 'danger', bounced: 'danger' }
export const findingTones: Record<Shapes['DomainFindingView']['state'], Tone> = { good: 'calm', advice: 'info', bad: 'danger', unknown: 'neutral' }

/** The port that goes with an encryption, where the house has not chosen one of its own. */
export const usualPorts = { implicit: 465, starttls: 587, none: 25 } as const
export const usualBoxPorts = { implicit: 993, starttls: 143, none: 143 } as const
export function portAfter(port: number | null, before: keyof typeof usualPorts, after: keyof typeof usualPorts, usual: Record<keyof typeof usualPorts, number> = usualPorts): number | null {
  return port === null || port === usual[before] ? usual[after] : port
}

/** How a server is reached, as a form holds it. */
export interface Line { host: string; port: number | null; tls: Server['tls']; auth: Auth }
export const usualLine = (way: 'imap' | 'smtp'): Line => ({ host: '', port: way === 'imap' ? 993 : 465, tls: 'implicit', auth: 'password' })

/** A variable as it is written into a template. */
export const braces = (name: string) => `{{ ${name} }}`

/** A template as one reads it in a list: its variables by their names, its conditions left out. */
export function spoken(text: string, name: (variable: string) => string): string {
  const named = text.replace(/\{\{-?\s*([\w.]+)[^}]*\}\}/g, (_, variable: string) => `[${name(variable)}]`)
  return named.replace(/\{%[^%]*%\}/g, '').replace(/\s*\n\s*/g, ' · ').trim()
}
