import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { contrast } from '@/ui/contrast'

const css = readFileSync(resolve(import.meta.dirname, '../src/ui/tokens.css'), 'utf8')
const [light, dark] = css.split("[data-theme='dark']").map((part) => Object.fromEntries([...part.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value])))

it('has every token in both modes', () => expect(Object.keys(dark).sort()).toEqual(Object.keys(light).sort()))

it.each([['light', light], ['dark', dark]] as const)('keeps text at 4.5 : 1 and control borders at 3 : 1 (%s)', (_, token) => {
  for (const text of ['text', 'text-2', 'text-3']) for (const ground of ['surface', 'surface-2']) expect.soft(contrast(token[text], token[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  for (const tone of ['brand', 'danger', 'warning', 'calm', 'info', 'ai']) {
    expect.soft(contrast(token[tone], token[`${tone}-weak`]), `${tone} on its weak`).toBeGreaterThanOrEqual(4.5)
    expect.soft(contrast(token[tone], token.surface), `${tone} on surface`).toBeGreaterThanOrEqual(4.5)
  }
  expect.soft(contrast(token['on-brand'], token.brand)).toBeGreaterThanOrEqual(4.5)
  expect.soft(contrast(token['on-danger'], token.danger)).toBeGreaterThanOrEqual(4.5)
  expect.soft(contrast(token['on-brand'], token.calm)).toBeGreaterThanOrEqual(4.5)
  expect.soft(contrast(token['line-strong'], token.surface)).toBeGreaterThanOrEqual(3)
  expect.soft(contrast(token.text, token.note)).toBeGreaterThanOrEqual(4.5)
})
