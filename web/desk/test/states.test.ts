import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/client'
import { i18n } from '@/app/i18n'
import { connection } from '@/app/live'
import QueryState from '@/ui/QueryState.vue'

const sources = import.meta.glob<string>('../src/**/*.vue', { eager: true, query: '?raw', import: 'default' })

const shown = (props: Record<string, unknown>) => mount(QueryState, { props: { loading: false, ...props }, slots: { default: 'content', empty: 'nothing' }, global: { plugins: [i18n] } })

describe('one query on the screen', () => {
  it('keeps what it shows when a refresh fails, says so and offers another try', async () => {
    const box = shown({ stale: true })
    expect(box.text()).toContain('content')
    expect(box.get('[role=status]').text()).toContain('ui.not_fresh')
    await box.get('button').trigger('click')
    expect(box.emitted('retry')).toHaveLength(1)
  })
  it('says of an empty list too that it is old', () => {
    const box = shown({ stale: true, empty: true })
    expect(box.text()).toContain('nothing')
    expect(box.find('[role=status]').exists()).toBe(true)
  })
  it('leaves it to the bar of the cut line, and says nothing when all is well', () => {
    expect(shown({}).find('[role=status]').exists()).toBe(false)
    connection.shown = true
    expect(shown({ stale: true }).find('[role=status]').exists()).toBe(false)
    connection.shown = false
  })
  it('shows a failure where there is nothing else to show', () => expect(shown({ error: new ApiError(500, 'kernel.broken', 'broken') }).get('[role=alert]').text()).toContain('broken'))
})

it('says of every query that stays on the screen when it is old', () => {
  const silent = Object.entries(sources).filter(([, text]) => /<QueryState[^>]*:error="\w+\.error\.value"/.test(text) && !/\bstale\b/.test(text)).map(([path]) => path)
  expect(silent).toEqual([])
})
