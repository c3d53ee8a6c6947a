import { describe, expect, it } from 'vitest'
import { pretty, standing, type Webhook } from './hooks'

const one = (more: Partial<Webhook>) => ({ state: 'active', failures: 0, ...more }) as Webhook

describe('webhooks', () => {
  it('tells one that fails again and again from one that failed once', () => {
    expect(standing(one({}))).toBe('active')
    expect(standing(one({ failures: 4 }))).toBe('active')
    expect(standing(one({ failures: 5 }))).toBe('failing')
    expect(standing(one({ state: 'disabled', failures: 9 }))).toBe('disabled')
  })
  it('shows what is sent line by line', () => {
    expect(pretty('{"type":"QueueOpened","data":{"version":1}}').split('\n')).toHaveLength(6)
  })
})
