/** Colours that labels may have: the meanings of the tokens, stored as the light value of each. */
import css from './tokens.css?raw'
import type { Tone } from './kinds'

const light = css.slice(0, css.indexOf('}'))
const value = (name: string) => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(light)?.[1] ?? ''

export const tagColours: { tone: Tone; colour: string }[] = [
  { tone: 'neutral', colour: value('text-2') },
  { tone: 'brand', colour: value('brand') },
  { tone: 'info', colour: value('info') },
  { tone: 'calm', colour: value('calm') },
  { tone: 'warning', colour: value('warning') },
  { tone: 'danger', colour: value('danger') },
  { tone: 'ai', colour: value('ai') },
]

/** The tone of a stored colour; neutral for one that is no longer offered. */
export function toneOf(colour: string | null | undefined): Tone {
  return tagColours.find((one) => one.colour === colour?.toLowerCase())?.tone ?? 'neutral'
}
