/** The tree of contact reasons while it is edited. Pure: every function returns a new list. */
import type { ReasonNode } from './types'

export const deepest = 4
export interface Shown { node: ReasonNode; depth: number; first: boolean; last: boolean; leaf: boolean }

function childrenOf(nodes: ReasonNode[]): Map<string | null, ReasonNode[]> {
  const found = new Map<string | null, ReasonNode[]>()
  for (const one of nodes) found.set(one.parent_id, [...(found.get(one.parent_id) ?? []), one])
  for (const list of found.values()) list.sort((one, other) => one.position - other.position)
  return found
}

export function inOrder(nodes: ReasonNode[]): Shown[] {
  const children = childrenOf(nodes)
  const out: Shown[] = []
  const walk = (parent: string | null, depth: number) => {
    const here = children.get(parent) ?? []
    here.forEach((node, at) => {
      out.push({ node, depth, first: at === 0, last: at === here.length - 1, leaf: !children.has(node.id) })
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

/** Where a node may go: not under itself, and the tree stays at most four deep. */
export function placesFor(nodes: ReasonNode[], id: string): ReasonNode[] {
  const all = inOrder(nodes)
  const at = all.findIndex((one) => one.node.id === id)
  if (at < 0) return []
  // In this order everything below a node follows it directly, and deeper.
  let end = at + 1
  while (end < all.length && all[end].depth > all[at].depth) end++
  const tall = Math.max(...all.slice(at, end).map((one) => one.depth)) - all[at].depth + 1
  return all.filter((one, place) => (place < at || place >= end) && one.depth + 1 + tall <= deepest).map((one) => one.node)
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
