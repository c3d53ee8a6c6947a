import { describe, expect, it } from 'vitest'
import { before, layers, longest, moved, nextStep, named, reasonPaths, whole, without, workHours, type Step } from './setup'

const step = (key: string, after: string[] = [], due_minutes = 60): Step => ({ ...nextStep([], null), key, after, due_minutes })
const keys = (rounds: Step[][] | null) => rounds?.map((round) => round.map((one) => one.key))

describe('steps of a template', () => {
  const part = step('part', [], 120)
  const call = step('call', [], 60)
  const visit = step('visit', ['part', 'call'], 720)

  it('run side by side when nothing stands between them', () => {
    expect(keys(layers([visit, part, call]))).toEqual([['part', 'call'], ['visit']])
  })
  it('that wait for each other have no order', () => {
    expect(layers([step('a', ['b']), step('b', ['a'])])).toBeNull()
    expect(longest([step('a', ['b']), step('b', ['a'])])).toBe(0)
  })
  it('take as long as the longest way through them', () => {
    expect(longest([part, call, visit])).toBe(840)
    expect(longest([])).toBe(0)
  })
  it('hand on what they waited for when one is taken out', () => {
    const out = without([step('a'), step('b', ['a']), step('c', ['b', 'a'])], 'b')
    expect(out.map((one) => [one.key, one.after])).toEqual([['a', []], ['c', ['a']]])
  })
  it('cannot come after themselves or after what waits for them', () => {
    const chain = [step('a'), step('b', ['a']), step('c', ['b']), step('d')]
    expect(before(chain, 'a').map((one) => one.key)).toEqual(['d'])
    expect(before(chain, 'c').map((one) => one.key)).toEqual(['a', 'b', 'd'])
  })
  it('get a key that no other has and wait for the last', () => {
    const taken = [step('step-2'), step('step-3')]
    expect(nextStep(taken, 'd')).toMatchObject({ key: 'step-4', after: ['step-3'], department_id: 'd' })
    expect(nextStep([step('step-2')], null).key).toBe('step-3')
  })
  it('change places with a neighbour and no further', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
  })
  it('are whole when the server leaves out what is by default', () => {
    expect(whole({ key: 'a', title_zh: 'A', title_en: '', words_zh: '', words_en: '', who: 'owner', due_minutes: 5, shows_customer: false })).toMatchObject({ after: [], checklist: [], department_id: null })
  })
})

it('reasons are chosen by their whole path, and only where they end', () => {
  const nodes = [{ id: '1', parent_id: null, label: '灶具' }, { id: '2', parent_id: '1', label: '打不着火' }, { id: '3', parent_id: '1', label: '旧', active: false }]
  expect(reasonPaths(nodes)).toEqual([{ value: '2', label: '灶具 / 打不着火' }])
})

it('business time is said in hours, a short one in minutes', () => {
  expect(workHours(1440, 'en')).toBe('24 hr')
  expect(workHours(90, 'en')).toBe('1.5 hr')
  expect(workHours(30, 'en')).toBe('30 min')
})
it('a name without English is said in Chinese', () => {
  expect(named({ name_zh: '财务部', name_en: 'Finance' }, 'en')).toBe('Finance')
  expect(named({ name_zh: '财务部', name_en: '' }, 'en')).toBe('财务部')
  expect(named({ name_zh: '财务部', name_en: 'Finance' }, 'zh-CN')).toBe('财务部')
})
