import { describe, expect, it } from 'vitest'
import { progress, waits } from './crisis'

describe('crisis files', () => {
  it('waits only for who asked and has no answer', () => {
    expect([waits({ kind: 'event', answered_at: null }), waits({ kind: 'press', answered_at: null }), waits({ kind: 'regulator', answered_at: '2026-11-01T00:00:00Z' })]).toEqual([false, true, false])
  })
  it('says nothing of no steps', () => {
    expect([progress({ steps: 0, done: 0 }), progress({ steps: 5, done: 2 })]).toEqual(['–', '2/5'])
  })
})
