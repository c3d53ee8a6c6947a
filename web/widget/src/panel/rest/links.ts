import { safeHref } from '../rich'

/** A safe link; to the help centre it leads to the one of this channel's organisation. */
export function ofChannel(link: string): string | null {
  const href = safeHref(link)
  // The panel's own address knows the channel.
  const key = /^\/w\/([\w-]+)/.exec(globalThis.location?.pathname ?? '')?.[1]
  return href && key ? href.replace(/^\/help(?=[/?#]|$)/, `/help/o/${key}`) : href
}
