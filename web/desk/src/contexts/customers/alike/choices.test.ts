import { expect, it } from 'vitest'
import type { CustomerCard } from '@/api/types'
import { differences, likelySurvivor, taken } from './choices'

const card = (more: object) => ({ id: 'a', name: '王晓梅', tier: 'gold', language: 'zh-CN', verified: false, since: '2026-01-01T00:00:00Z', attributes: [], preferences: {}, ...more }) as unknown as CustomerCard

it('lets go on whom somebody vouched for, then who came first', () => {
  const old = card({ id: 'old', since: '2020-01-01T00:00:00Z' })
  const sure = card({ id: 'sure', verified: true })
  expect(likelySurvivor([old, sure]).id).toBe('sure')
  expect(likelySurvivor([card({}), old]).id).toBe('old')
  expect(likelySurvivor([card({ id: 'here' }), card({ id: 'there' })]).id).toBe('here')
})
it('asks only about what both know differently', () => {
  const one = card({ attributes: [{ key: 'city', label: '城市', value: '武汉' }, { key: 'pet', label: '宠物', value: '猫' }], preferences: { call: true, voice: true } })
  const other = card({ id: 'b', tier: 'standard', attributes: [{ key: 'city', label: '城市', value: '上海' }], preferences: { call: false } })
  const found = differences([one, other])
  expect(found.map((each) => each.key)).toEqual(['tier', 'attribute:city', 'preference:call'])
  expect(taken(found, { tier: 'a', 'attribute:city': 'b' }, 'b')).toEqual(['attribute:city'])
})
