// One brand colour is given; the text on it and its weak form are derived, with contrast kept.

type Rgb = [number, number, number]

export function parse(hex: string | null | undefined): Rgb | null {
  const found = /^#?([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(hex ?? '')
  return found ? (found.slice(1).map((part) => parseInt(part, 16)) as Rgb) : null
}

export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((part, i) => Math.round(part + (b[i]! - part) * share)) as Rgb

const hex = (colour: Rgb) => '#' + colour.map((part) => part.toString(16).padStart(2, '0')).join('')

/** The three brand tokens on a surface; `least` is the contrast asked for (4.5, or 7 in large type). */
export function brandTokens(brand: string, dark: boolean, least: number): Record<string, string> {
  const surface: Rgb = dark ? [0x15, 0x1c, 0x22] : [255, 255, 255]
  const pole: Rgb = dark ? [255, 255, 255] : [0, 0, 0]
  let colour = parse(brand) ?? [0x0b, 0x6b, 0x75]
  const weakOf = () => mix(surface, colour, dark ? 0.2 : 0.11)
  // The weak form lies between the surface and the colour, so it is the harder ground.
  for (let step = 0; step < 60 && contrast(colour, weakOf()) < least; step++)
    colour = mix(colour, pole, 0.06)
  const on: Rgb = dark ? mix(colour, [0, 0, 0], 0.88) : [255, 255, 255]
  return { '--brand': hex(colour), '--on-brand': hex(on), '--brand-weak': hex(weakOf()) }
}

/** Put the brand tokens on the page and keep them right when the device changes its mode. */
export function paint(colour: string, large: boolean): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const put = () => {
    const tokens = brandTokens(colour, dark.matches, large ? 7 : 4.5)
    for (const name in tokens) document.documentElement.style.setProperty(name, tokens[name]!)
  }
  put()
  dark.addEventListener('change', put)
  return () => dark.removeEventListener('change', put)
}
