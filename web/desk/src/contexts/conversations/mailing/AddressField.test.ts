import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import { i18n } from '@/app/i18n'
import AddressField from './AddressField.vue'
import type { Address } from './addresses'

function shown(model: Address[] = [], known: string[] = []) {
  const box = mount(AddressField, { props: { label: 'To', known, modelValue: model, 'onUpdate:modelValue': (now: Address[]) => box.setProps({ modelValue: now }) }, global: { plugins: [i18n] }, attachTo: document.body })
  const input = box.get('input')
  const emails = () => (box.props('modelValue') as Address[]).map((one) => one.email)
  return { box, input, emails }
}

it.each(['Enter', ',', ';', '，', '；', '、'])('makes a chip of what was typed with %s', async (key) => {
  const { input, emails } = shown()
  await input.setValue('a@x.cn')
  await input.trigger('keydown', { key })
  expect([emails(), input.element.value]).toEqual([['a@x.cn'], ''])
})

it('leaves an Enter to the input method that is composing', async () => {
  const { input, emails } = shown()
  await input.setValue('wang')
  await input.trigger('keydown', { key: 'Enter', isComposing: true })
  expect(emails()).toEqual([])
})

it('takes the marks that an input method writes without a key', async () => {
  const { input, emails } = shown()
  await input.setValue('a@x.cn；')
  expect(emails()).toEqual(['a@x.cn'])
})

it('does not cut a name in quotes at its comma', async () => {
  const { input, emails } = shown()
  await input.setValue('"Li')
  await input.trigger('keydown', { key: ',' })
  expect(emails()).toEqual([])
})

it('takes the last one back with Backspace, whole, to be changed', async () => {
  const { input, emails } = shown([{ email: 'a@x.cn', name: '' }, { email: 'b@x.cn', name: '王' }])
  await input.trigger('keydown', { key: 'Backspace' })
  expect([emails(), input.element.value]).toEqual([['a@x.cn'], '王 <b@x.cn>'])
})

it('takes a pasted list at once and keeps what is none, marked', async () => {
  const { box, input, emails } = shown([], ['a@x.cn'])
  const event = new Event('paste') as ClipboardEvent
  Object.assign(event, { clipboardData: { getData: () => 'a@x.cn；王 <b@x.cn>\nli' } })
  input.element.dispatchEvent(event)
  await nextTick()
  expect(emails()).toEqual(['a@x.cn', 'b@x.cn', 'li'])
  expect(box.findAll('li').map((one) => /mailing\.(new|wrong)/.exec(one.text())?.[1])).toEqual([undefined, 'new', 'wrong'])
})

it('keeps what stands there when the field is left, and sends with Ctrl+Enter', async () => {
  const { box, input, emails } = shown()
  await input.setValue('a@x.cn')
  await input.trigger('blur')
  await input.setValue('b@x.cn')
  await input.trigger('keydown', { key: 'Enter', ctrlKey: true })
  expect([emails(), box.emitted('send')?.length]).toEqual([['a@x.cn', 'b@x.cn'], 1])
})
