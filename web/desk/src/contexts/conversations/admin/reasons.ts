/** The tree of contact reasons while it is edited. Pure: every function returns a new list. */
import type { ReasonNode } from './types'

export const deepest = 4
export interface Shown { node: ReasonNode; depth: number; first: boolean; last: boolean; leaf: boolean }

export function inOrder(nodes: ReasonNode[]): Shown[] {
  const out: Shown[] = []
  const walk = (parent: string | null, depth: number) => {
    const here = nodes.filter((one) => one.parent_id === parent).sort((one, other) => one.position - other.position)
    here.forEach((node, at) => {
      out.push({ node, depth, first: at === 0, last: at === here.length - 1, leaf: !nodes.some((one) => one.parent_id === node.id) })
      walk(node.id, depth + 1)
    })
  }
  walk(null, 0)
  return out
}

export function add(nodes: ReasonNode[], parent_id: string | null, id: string): ReasonNode[] {
  const position = Math.max(-1, ...nodes.filter((one) => one.parent_id === parent_id).map((one) => one.position)) + 1
  return [...nodes, { id, parent_id, name_zh: '', name_en: '', position, active: true }]
}

/** Exchange a node with its neighbour above (-1) or below (+1). */
export function shift(nodes: ReasonNode[], id: string, by: -1 | 1): ReasonNode[] {
  const found = nodes.find((one) => one.id === id)
  if (!found) return nodes
  const here = nodes.filter((one) => one.parent_id === found.parent_id).sort((one, other) => one.position - other.position)
  const at = here.findIndex((one) => one.id === id)
  const other = here[at + by]
  if (!other) return nodes
  here[at] = other
  here[at + by] = found
  return nodes.map((one) => { const place = here.indexOf(one); return place < 0 ? one : { ...one, position: place } })
}

const below = (nodes: ReasonNode[], id: string): string[] => nodes.filter((one) => one.parent_id === id).flatMap((one) => [one.id, ...below(nodes, one.id)])
const height = (nodes: ReasonNode[], id: string): number => 1 + Math.max(0, ...nodes.filter((one) => one.parent_id === id).map((one) => height(nodes, one.id)))
const depthOf = (nodes: ReasonNode[], id: string | null): number => (id === null ? 0 : 1 + depthOf(nodes, nodes.find((one) => one.id === id)?.parent_id ?? null))

/** Where a node may go: not under itself, and the tree stays at most four deep. */
export function placesFor(nodes: ReasonNode[], id: string): ReasonNode[] {
  const own = new Set([id, ...below(nodes, id)])
  return nodes.filter((one) => !own.has(one.id) && depthOf(nodes, one.id) + height(nodes, id) <= deepest)
}

export function move(nodes: ReasonNode[], id: string, parent_id: string | null): ReasonNode[] {
  const position = Math.max(-1, ...nodes.filter((one) => one.parent_id === parent_id && one.id !== id).map((one) => one.position)) + 1
  return nodes.map((one) => (one.id === id ? { ...one, parent_id, position } : one))
}

/** Switch a node on or off; switching off takes everything below with it. */
export function setActive(nodes: ReasonNode[], id: string, active: boolean): ReasonNode[] {
  const meant = new Set(active ? [id] : [id, ...below(nodes, id)])
  return nodes.map((one) => (meant.has(one.id) ? { ...one, active } : one))
}

/** Take out a node that was never saved, with everything below it. */
export function drop(nodes: ReasonNode[], id: string): ReasonNode[] {
  const gone = new Set([id, ...below(nodes, id)])
  return nodes.filter((one) => !gone.has(one.id))
}
