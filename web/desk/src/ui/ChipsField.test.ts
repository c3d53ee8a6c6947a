import { mount } from '@vue/test-utils'
import { expect, test, vi } from 'vitest'
import ChipsField from './ChipsField.vue'

vi.mock('vue-i18n', () => ({ useI18n: () => ({ t: (key: string) => key }), createI18n: () => ({ global: { t: (key: string) => key, locale: { value: 'zh-CN' } } }) }))

function field(list: string[], more: Record<string, unknown> = {}) {
  let value = list
  const part = mount(ChipsField, {
    props: { label: 'x', modelValue: list, 'onUpdate:modelValue': (next: string[]) => { value = next; void part.setProps({ modelValue: next }) }, ...more },
    global: { mocks: { $t: (key: string) => key } },
  })
  return { part, input: () => part.get('input'), now: () => value }
}

test('Enter adds once, the cross removes, Backspace takes the last one back', async () => {
  const { part, input, now } = field(['a'])
  await input().setValue(' b ')
  await input().trigger('keydown', { key: 'Enter' })
  await input().setValue('a')
  await input().trigger('keydown', { key: 'Enter' })
  expect(now()).toEqual(['a', 'b'])
  await part.get('button').trigger('click')
  expect(now()).toEqual(['b'])
  await input().trigger('keydown', { key: 'Backspace' })
  expect(now()).toEqual([])
  expect((input().element as HTMLInputElement).value).toBe('b')
})

test('Enter that ends a composition adds nothing', async () => {
  const { input, now } = field([])
  await input().setValue('燃')
  await input().trigger('keydown', { key: 'Enter', isComposing: true })
  expect(now()).toEqual([])
})

test('what the check refuses stays in the field with the reason', async () => {
  const { part, input, now } = field([], { check: (text: string) => (text.includes(' ') ? 'no spaces' : null) })
  await input().setValue('a b')
  await input().trigger('keydown', { key: 'Enter' })
  expect(now()).toEqual([])
  expect(part.text()).toContain('no spaces')
})
