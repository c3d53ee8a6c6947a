import { describe, expect, it } from 'vitest'
import { contrast } from '@/ui/contrast'
import { headOf, inks, meant, paint, strokeOf, type Mark } from './drawing'

const mark = (more: Partial<Mark>): Mark => ({ tool: 'arrow', colour: 'red', size: 4, points: [{ x: 0, y: 0 }, { x: 100, y: 0 }], ...more })

describe('marks on a picture', () => {
  it('stand out on everything: each ink against its edge', () => {
    for (const ink of inks) expect.soft(contrast(ink.fill, ink.edge), ink.name).toBeGreaterThanOrEqual(4.5)
  })
  it('are as thick as the picture asks', () => expect([strokeOf(300, 200), strokeOf(2560, 1440)]).toEqual([3, 16]))
  it('are meant when they are more than a slip', () => {
    expect(meant(mark({}))).toBe(true)
    expect(meant(mark({ points: [{ x: 0, y: 0 }, { x: 3, y: 3 }] }))).toBe(false)
    expect(meant(mark({ points: [{ x: 0, y: 0 }] }))).toBe(false)
    expect(meant(mark({ tool: 'text', points: [{ x: 0, y: 0 }], text: ' ' }))).toBe(false)
  })
  it('have a head that points forward', () => {
    const [one, other] = headOf({ x: 0, y: 0 }, { x: 100, y: 0 }, 20)
    expect(one.x).toBeLessThan(100)
    expect(one.y).toBeCloseTo(-other.y)
  })
  it('are painted with their edge first', () => {
    const said: string[] = []
    const on = new Proxy({}, { get: (_, name) => () => said.push(String(name)), set: (_, name, value) => (said.push(`${String(name)}=${value}`), true) })
    paint(on as CanvasRenderingContext2D, [mark({})])
    const colours = said.filter((one) => one.startsWith('strokeStyle'))
    expect(colours).toEqual(['strokeStyle=#ffffff', 'strokeStyle=#d92d20'])
  })
})
