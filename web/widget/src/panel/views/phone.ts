import type { Visit } from '../visit'

/** The channel's telephone number, wherever the server names it. */
export function phoneOf(visit: Visit): { href: string; number: string } | null {
  const { config, thread } = visit.state
  const others = [...(thread.conversation?.others ?? []), ...(config?.others ?? [])]
  const href = others.find((other) => other.kind === 'phone')?.href
  const number = (href ?? config?.channel.phone ?? config?.channel.look?.phone ?? '').replace('tel:', '')
  return /^[+\d][\d -]{2,20}$/.test(number) ? { href: 'tel:' + number.replace(/ /g, ''), number } : null
}
