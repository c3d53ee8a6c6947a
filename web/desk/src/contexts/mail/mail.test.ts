import { describe, expect, it } from 'vitest'
import { braces, portAfter, standing, type Server } from './mail'

const one = (more: Partial<Server>) => ({ active: true, failures: 0, ...more }) as Server

describe('mail servers', () => {
  it('tells what a brand sends by', () => {
    expect(standing(null)).toBe('none')
    expect(standing(one({}))).toBe('fresh')
    expect(standing(one({ last_good_at: '2027-01-08T09:30:00Z' }))).toBe('active')
    expect(standing(one({ failures: 1 }))).toBe('failing')
    expect(standing(one({ failures: 1, active: false }))).toBe('paused')
  })
  it('moves a usual port with the encryption, and leaves one that somebody chose', () => {
    expect(portAfter(465, 'implicit', 'starttls')).toBe(587)
    expect(portAfter(2525, 'starttls', 'implicit')).toBe(2525)
    expect(portAfter(null, 'starttls', 'implicit')).toBe(465)
  })
  it('writes a variable as templates read it', () => {
    expect(braces('brand.name')).toBe('{{ brand.name }}')
  })
})
