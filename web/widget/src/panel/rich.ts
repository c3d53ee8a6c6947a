// Text with bold, code and links, parsed to plain values. Whatever is not understood stays text;
// nothing ever becomes HTML.

export type Inline =
  | { kind: 'text' | 'strong' | 'code'; text: string }
  | { kind: 'link'; text: string; href: string }

const INLINE = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[([^\]\n]{1,200})\]\(([^()\s]{1,500})\)|(https?:\/\/[^\s<>"'，。；！？）」]+)/g

/** An address that may be followed, else null: http(s), mailto, tel, or a path of this site. */
export function safeHref(href: string): string | null {
  if (/[\u0000-\u0020\u007f\u200b-\u200f\u202a-\u202e\\]/.test(href)) return null
  if (/^\/(?!\/)/.test(href)) return href
  const found = /^(https?:\/\/[^/?#@]+(?:[/?#].*)?|mailto:[^?]+|tel:[+\d-]+)$/i.exec(href)
  return found ? href : null
}

export function inline(text: string, marks = true): Inline[] {
  const parts: Inline[] = []
  let at = 0
  const say = (value: string) => value && parts.push({ kind: 'text', text: value })
  for (const found of text.matchAll(INLINE)) {
    const [whole, strong, code, label, target, bare] = found
    const href = bare ? safeHref(bare.replace(/[.,;:!?)]+$/, '')) : target ? safeHref(target) : null
    if (!marks && !bare) continue
    if (!strong && !code && !href) continue
    say(text.slice(at, found.index))
    at = found.index + whole.length
    if (strong) parts.push({ kind: 'strong', text: strong })
    else if (code) parts.push({ kind: 'code', text: code })
    else if (bare) {
      parts.push({ kind: 'link', text: href!, href: href! })
      say(bare.slice(href!.length))
    } else parts.push({ kind: 'link', text: label!, href: href! })
  }
  say(text.slice(at))
  return parts
}
