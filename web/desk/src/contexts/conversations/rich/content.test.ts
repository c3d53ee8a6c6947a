import { describe, expect, it } from 'vitest'
import { asLink, blank, contentOf, draftOf, missing, moneyOf } from './content'
import { hindrance } from './held'

describe('a rich message while it is written', () => {
  it('takes plain https addresses only', () => {
    expect(asLink(' https://a.example/a b ')).toBe('https://a.example/a%20b')
    for (const wrong of ['http://a.example', 'javascript:alert(1)', 'https://u:p@a.example/', 'https://localhost/', 'a.example', '']) expect(asLink(wrong)).toBeNull()
  })
  it('says what is missing', () => {
    const draft = blank()
    expect(missing(draft)).toBe('needs_card')
    draft.cards[0].title = '阀门'
    draft.cards[0].buttons.push({ label: '', url: '' })
    expect(missing(draft)).toBe('needs_label')
    draft.cards[0].buttons[0] = { label: '看', url: 'http://a.example' }
    expect(missing(draft)).toBe('needs_https')
    draft.cards[0].buttons[0].url = ''
    expect(missing(draft)).toBeNull()
    expect(missing({ ...draft, shape: 'quick' })).toBe('needs_quick')
    expect(missing({ ...draft, shape: 'step', step: { ...draft.step, text: 'x', n: 3, of: 2 } })).toBe('needs_order')
  })
  it('becomes the same draft again from what is kept', () => {
    const draft = blank()
    draft.shape = 'order'
    Object.assign(draft.order, { number: 'A1', amount: 12.34, state: '派送中', tone: 'calm', url: 'https://a.example/' })
    const content = contentOf(draft)
    expect(content.block).toMatchObject({ type: 'order', amount_fen: 1234 })
    expect(draftOf(content, []).order).toEqual(draft.order)
  })
  it('writes money as it is read', () => {
    expect([moneyOf(5), moneyOf(1248000)]).toEqual(['¥0.05', '¥12,480.00'])
  })

  it('takes variables behind the host of a link only', () => {
    const given = ['https://a.example/o/{{ conversation.number }}', 'https://{{ brand.name }}.example/', 'https://a.example{{ customer.name }}', 'http://a.example/{{ x }}', '{{ customer.name }}']
    expect(given.map((one) => asLink(one))).toEqual([given[0], null, null, null, null])
  })

  it('counts what is filled in, and not what is still to be', () => {
    const block = { type: 'step' as const, n: 1, of: 1, title: '字'.repeat(81), text: 'x', file_id: null }
    const one = { content: { intro: '', quick: [], block }, files: [], template_id: null }
    expect(hindrance(one, 'x', 0)).toBe('held_long')
    expect(missing(draftOf(one.content, []))).toBe('needs_shorter')
    block.title = '字'.repeat(80)
    expect(hindrance(one, 'x', 0)).toBeNull()
    block.title += '{{ customer.name }}'
    expect(missing(draftOf(one.content, []))).toBeNull()
  })
})
