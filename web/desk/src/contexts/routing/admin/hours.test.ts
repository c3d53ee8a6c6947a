import { expect, test } from 'vitest'
import { emptyWeek, openState, spansFault, type Hours } from './hours'

const hours: Hours = { name: 'x', time_zone: 'Asia/Shanghai', week: emptyWeek(), holidays: [{ on: '2026-11-23', name: 'x', intervals: [['10:00', '11:00']] }] }

test('faults of the intervals of a day', () => {
  expect(spansFault([])).toBeNull()
  expect(spansFault([['09:00', '12:00'], ['12:00', '24:00']])).toBeNull()
  expect(spansFault([['13:00', '18:00'], ['09:00', '13:01']])).toBe('overlap')
  expect(spansFault([['09:00', '09:00']])).toBe('backwards')
  expect(spansFault([['09:00', '24:01']])).toBe('not_times')
})

test('open now, until when, and next', () => {
  // Friday 2026-11-20, 09:00 in Shanghai is 01:00 UTC.
  expect(openState(hours, new Date('2026-11-20T01:00:00Z'))).toEqual({ open: true, until: '12:00', next: null })
  expect(openState(hours, new Date('2026-11-20T04:00:00Z'))).toEqual({ open: false, until: null, next: { date: '2026-11-20', time: '13:30' } })
  // Over the weekend to the Monday that is a holiday with hours of its own.
  expect(openState(hours, new Date('2026-11-21T01:00:00Z')).next).toEqual({ date: '2026-11-23', time: '10:00' })
})

test('hours that never open', () => {
  const never = { ...hours, week: { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] }, holidays: [] }
  expect(openState(never, new Date('2026-11-20T01:00:00Z'))).toEqual({ open: false, until: null, next: null })
})
