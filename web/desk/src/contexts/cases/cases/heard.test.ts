import { describe, expect, it } from 'vitest'
import { heardOf } from './heard'

const fact = (type: string, more: Record<string, unknown> = {}, payload: Record<string, unknown> = {}) => ({ type, agent_id: 'me', case_id: 'c1', conversation_id: null, actor: 'system', payload, ...more })

describe('what somebody hears of his cases', () => {
  it('an urge leads to the case, and one of many calls a supervisor louder', () => {
    expect(heardOf(fact('CaseUrged', {}, { times: 2, counted: true }), 'me', true)).toEqual({ words: 'heard_urged', values: { n: 2 }, tone: 'warning', path: '/desk/cases/c1' })
    expect(heardOf(fact('CaseUrged', { agent_id: 'other' }, { times: 3, counted: true, member_ids: ['me'] }), 'me', true)?.tone).toBe('danger')
  })
  it('a second press within minutes is no news', () => {
    expect(heardOf(fact('CaseUrged', {}, { times: 2, counted: false }), 'me', true)).toBeNull()
  })
  it('what one does oneself and what others hold is no news', () => {
    expect(heardOf(fact('CaseUrged', { actor: 'member:me' }, { times: 1 }), 'me', true)).toBeNull()
    expect(heardOf(fact('PromiseBroken', { agent_id: 'other' }), 'me', true)).toBeNull()
  })
  it('who only helps is led to the steps of the department', () => {
    expect(heardOf(fact('StepReady', { agent_id: null }, { member_ids: ['me'], who: 'department' }), 'me', false)?.path).toBe('/desk/cases/department')
    expect(heardOf(fact('StepOverdue'), 'me', false)?.path).toBe('/desk/cases/department')
  })
  it('a step of the owner leads to his case', () => {
    expect(heardOf(fact('StepReady', {}, { member_ids: [], who: 'owner' }), 'me', true)).toMatchObject({ words: 'heard_step_mine', path: '/desk/cases/c1' })
  })
  it('other facts are not for here', () => {
    expect(heardOf(fact('CaseOpened'), 'me', true)).toBeNull()
  })
})
