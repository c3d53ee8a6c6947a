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
]

const parts = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
const distance = (one: string, other: string) => parts(one).reduce((sum, part, at) => sum + (part - parts(other)[at]) ** 2, 0)

/** The tone nearest to a stored colour, which may come from elsewhere. */
export function toneOf(colour: string | null | undefined): Tone {
  if (!colour || !/^#[0-9a-f]{6}$/i.test(colour)) return 'neutral'
  return tagColours.reduce((best, one) => (distance(one.colour, colour) < distance(best.colour, colour) ? one : best)).tone
}
