import { expect, test } from 'vitest'
import { add, drop, inOrder, move, placesFor, setActive, shift } from './reasons'
import type { ReasonNode } from './types'

const node = (id: string, parent_id: string | null, position: number): ReasonNode => ({ id, parent_id, name_zh: id, name_en: '', position, active: true })
const tree = [node('a', null, 0), node('b', null, 1), node('a1', 'a', 0), node('a2', 'a', 1), node('a1x', 'a1', 0), node('a1xy', 'a1x', 0)]
const order = (nodes: ReasonNode[]) => inOrder(nodes).map((one) => one.node.id).join(' ')

test('order, moving up and down, and to another parent', () => {
  expect(order(tree)).toBe('a a1 a1x a1xy a2 b')
  expect(order(shift(tree, 'b', -1))).toBe('b a a1 a1x a1xy a2')
  expect(order(shift(tree, 'a', -1))).toBe(order(tree))
  expect(order(move(tree, 'a2', 'b'))).toBe('a a1 a1x a1xy b a2')
  expect(order(add(tree, 'b', 'n'))).toBe('a a1 a1x a1xy a2 b n')
})

test('a node goes neither under itself nor deeper than four', () => {
  expect(placesFor(tree, 'a').map((one) => one.id)).toEqual([])
  expect(placesFor(tree, 'a1').map((one) => one.id)).toEqual(['a', 'b'])
  expect(placesFor(tree, 'b').map((one) => one.id)).toEqual(['a', 'a1', 'a1x', 'a2'])
})

test('switching off takes what is below', () => {
  expect(setActive(tree, 'a1', false).filter((one) => !one.active).map((one) => one.id)).toEqual(['a1', 'a1x', 'a1xy'])
  expect(order(drop(tree, 'a1'))).toBe('a a2 b')
})

test('a tree of a thousand nodes stays quick', () => {
  const many = Array.from({ length: 1000 }, (_, at) => node(`n${at}`, at < 10 ? null : `n${Math.floor(at / 10) - 1}`, at))
  const from = performance.now()
  inOrder(many)
  placesFor(many, 'n3')
  expect(performance.now() - from).toBeLessThan(200)
})
