import { expect, test } from 'vitest'
import { openers } from './inviting'
import type { Canned } from './types'

const reply = (id: string, body: string) => ({ id, title: id, body }) as Canned

test('only what needs no name and no gap begins a conversation', () => {
  const found = openers([
    reply('own', '您好，我是{{ agent.name }}，{{ organisation.name }}为您服务。'),
    reply('name', '您好，{{ customer.name }}'),
    reply('gap', '您希望我们____，对吗？'),
    reply('if', '{% if customer.name %}您好{% endif %}'),
    reply('long', '好'.repeat(301)),
  ], '林夕', '安居')
  expect(found).toEqual([{ id: 'own', title: 'own', text: '您好，我是林夕，安居为您服务。' }])
})
