import { expect, test } from 'vitest'
import { preview, sampled } from './canned'

const samples = { 'customer.name': '陈先生', 'agent.name': '李倩', 'brand.name': '安居', 'organisation.name': '安居', 'conversation.number': '12' }

test('a preview shows values, gaps and what it does not know', () => {
  expect(preview('您好，{{ customer.name }}：请填____ {{ order.id }}{% if x %}', samples)).toEqual([
    { text: '您好，', kind: 'text' }, { text: '陈先生', kind: 'value' }, { text: '：请填', kind: 'text' }, { text: '____', kind: 'gap' },
    { text: ' ', kind: 'text' }, { text: '{{ order.id }}', kind: 'unknown' }, { text: '{% if x %}', kind: 'unknown' },
  ])
})

test('a card shows the samples, whatever stands in them', () => {
  const quoted = { ...samples, 'customer.name': '"周"' }
  expect(sampled({ title: '{{ customer.name }}，{{x.y}}', n: 1 }, quoted)).toEqual({ title: '"周"，{{x.y}}', n: 1 })
})
