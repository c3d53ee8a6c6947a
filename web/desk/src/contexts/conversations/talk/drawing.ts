/** Marks drawn on a picture: plain values, and how they are painted. Units: pixels of the picture. */
export type Tool = 'arrow' | 'circle' | 'pen' | 'text'
export interface Point { x: number; y: number }
export interface Mark { tool: Tool; colour: string; size: number; points: Point[]; text?: string }
export const tools: Tool[] = ['arrow', 'circle', 'pen', 'text']

/** Each colour carries an edge of the opposite brightness, so that it stands out on every picture. */
export const inks: { name: string; fill: string; edge: string }[] = [
  { name: 'red', fill: '#d92d20', edge: '#ffffff' },
  { name: 'yellow', fill: '#ffd60a', edge: '#16202a' },
  { name: 'blue', fill: '#1f5fae', edge: '#ffffff' },
  { name: 'black', fill: '#16202a', edge: '#ffffff' },
  { name: 'white', fill: '#ffffff', edge: '#16202a' },
]
export const MOST_MARKS = 200
export const LONGEST_TEXT = 60

/** How thick a line is that is seen equally well in small and in large pictures. */
export function strokeOf(width: number, height: number): number {
  return Math.max(3, Math.round(Math.max(width, height) / 160))
}

/** Whether a mark is large enough to have been meant. */
export function meant(mark: Mark): boolean {
  if (mark.tool === 'text') return !!mark.text?.trim()
  const [a, b] = [mark.points[0], mark.points[mark.points.length - 1]]
  return mark.points.length > 1 && (mark.tool === 'pen' || Math.hypot(a.x - b.x, a.y - b.y) > mark.size * 2)
}

/** The two ends of an arrow's head. */
export function headOf(from: Point, to: Point, size: number): [Point, Point] {
  const angle = Math.atan2(to.y - from.y, to.x - from.x)
  const end = (by: number) => ({ x: to.x - size * Math.cos(angle + by), y: to.y - size * Math.sin(angle + by) })
  return [end(Math.PI / 6), end(-Math.PI / 6)]
}

function trace(on: CanvasRenderingContext2D, mark: Mark): void {
  const [from, to] = [mark.points[0], mark.points[mark.points.length - 1]]
  on.beginPath()
  if (mark.tool === 'circle') {
    on.ellipse((from.x + to.x) / 2, (from.y + to.y) / 2, Math.abs(to.x - from.x) / 2, Math.abs(to.y - from.y) / 2, 0, 0, Math.PI * 2)
  } else if (mark.tool === 'pen') {
    on.moveTo(from.x, from.y)
    for (const point of mark.points) on.lineTo(point.x, point.y)
  } else {
    const [one, other] = headOf(from, to, mark.size * 5)
    on.moveTo(from.x, from.y)
    on.lineTo(to.x, to.y)
    on.moveTo(one.x, one.y)
    on.lineTo(to.x, to.y)
    on.lineTo(other.x, other.y)
  }
  on.stroke()
}

/** Paint marks over what is there. */
export function paint(on: CanvasRenderingContext2D, marks: readonly Mark[]): void {
  on.lineCap = on.lineJoin = 'round'
  for (const mark of marks) {
    const ink = inks.find((one) => one.name === mark.colour) ?? inks[0]
    if (mark.tool === 'text') {
      on.font = `600 ${mark.size * 6}px system-ui, sans-serif`
      on.textBaseline = 'middle'
      on.strokeStyle = ink.edge
      on.lineWidth = mark.size * 1.5
      on.strokeText(mark.text ?? '', mark.points[0].x, mark.points[0].y)
      on.fillStyle = ink.fill
      on.fillText(mark.text ?? '', mark.points[0].x, mark.points[0].y)
      continue
    }
    for (const [colour, width] of [[ink.edge, mark.size * 1.8], [ink.fill, mark.size]] as const) {
      on.strokeStyle = colour
      on.lineWidth = width
      trace(on, mark)
    }
  }
}
