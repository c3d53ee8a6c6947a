/** Variables of canned replies, and a preview of them; the server fills them in for real. Pure. */
export const variables = ['customer.name', 'agent.name', 'brand.name', 'organisation.name', 'conversation.number'] as const
export type Variable = (typeof variables)[number]
export interface Piece { text: string; kind: 'text' | 'value' | 'gap' | 'unknown' }

/** Cut a body into plain text, filled-in variables, gaps (____) and what the preview cannot know. */
export function preview(body: string, samples: Record<Variable, string>): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const found of body.matchAll(/\{\{\s*([a-z_.]+)[^}]*\}\}|\{%[^%]*%\}|_{3,}/g)) {
    if (found.index > at) pieces.push({ text: body.slice(at, found.index), kind: 'text' })
    const name = found[1] as Variable | undefined
    if (found[0].startsWith('_')) pieces.push({ text: found[0], kind: 'gap' })
    else if (name && name in samples) pieces.push({ text: samples[name], kind: 'value' })
    else pieces.push({ text: found[0], kind: 'unknown' })
    at = found.index + found[0].length
  }
  if (at < body.length) pieces.push({ text: body.slice(at), kind: 'text' })
  return pieces
}

/** A card with the samples in the place of its variables; unknown ones stay as they are. */
export function sampled<T>(card: T, samples: Record<Variable, string>): T {
  const text = JSON.stringify(card).replace(/\{\{\s*([a-z_.]+)[^}]*\}\}/g, (whole: string, name: string) => (name in samples ? JSON.stringify(samples[name as Variable]).slice(1, -1) : whole))
  return JSON.parse(text) as T
}
