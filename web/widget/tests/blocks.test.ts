// What a rich message holds is read with care, whatever came.
import assert from 'node:assert/strict'
import test from 'node:test'
import { choicesOf, moneyOf, safeLink } from '../src/panel/blocks/content'

test('only https leads anywhere', () => {
  assert.equal(safeLink('https://a.example/x'), 'https://a.example/x')
  for (const wrong of ['javascript:alert(1)', 'http://a.example', 'https://u:p@a.example', '', null])
    assert.equal(safeLink(wrong), null)
})

test('what was chosen is found on whatever device', () => {
  const answer = { code: 'chosen', params: { message_id: 'm1', choice: 'q2' } }
  const other = { code: 'chosen', params: { message_id: 'm2', choice: 'q0' } }
  assert.deepEqual([...choicesOf([answer, other] as never, 'm1')], ['q2'])
})

test('money is written as it is read', () => {
  assert.equal(moneyOf(1248005), '¥12,480.05')
})
