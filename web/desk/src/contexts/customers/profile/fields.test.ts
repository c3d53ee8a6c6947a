import { flushPromises, mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { api, ApiError } from '@/api/client'
import { i18n } from '@/app/i18n'
import FieldsDialog from './parts/FieldsDialog.vue'
import type { Field, FieldValue } from './types'

const field = (id: string) => ({ id, kind: 'text', label_zh: id, label_en: id, help_zh: '', help_en: '', options: [] }) as unknown as Field
const value = (field_id: string, text: string, version: number) => ({ field_id, value: text, shown: text, masked: false, version }) as unknown as FieldValue
const refused = (status: number, fields: Record<string, string>) => Object.assign(new ApiError(status, 'profiles.stale', '不合要求'), { fields })

function dialog() {
  const stubs = { Dialog: { template: '<div><slot /><slot name="footer" /></div>' }, FieldInput: { props: ['modelValue', 'field', 'error'], emits: ['update:modelValue'], template: '<p><input :value="modelValue" @input="$emit(\'update:modelValue\', $event.target.value)">{{ error }}</p>' } }
  return mount(FieldsDialog, { props: { title: '', path: '/customers/c1/fields' as never, fields: [field('card'), field('area')], values: [value('card', 'A1', 1), value('area', '东', 1)] }, global: { plugins: [i18n], stubs } })
}

it('says what a colleague wrote, saves over it when told so, and keeps what was not touched', async () => {
  const patch = vi.spyOn(api, 'patch').mockRejectedValueOnce(refused(409, { card: 'stale' })).mockResolvedValueOnce({})
  const shown = dialog()
  await shown.findAll('input')[0].setValue('A2')
  await shown.setProps({ values: [value('card', 'A9', 2), value('area', '西', 2)] })
  expect(shown.findAll('input')[1].element.value).toBe('西')
  await shown.get('form').trigger('submit')
  await flushPromises()
  expect(shown.text()).toContain('now_is')
  await shown.get('form').trigger('submit')
  await flushPromises()
  expect(patch.mock.calls.map((call) => (call[1] as { values: unknown }).values)).toEqual([[{ field_id: 'card', value: 'A2', version: 1 }], [{ field_id: 'card', value: 'A2', version: 2 }]])
})
it('is quiet about what was put right', async () => {
  vi.spyOn(api, 'patch').mockRejectedValue(refused(422, { card: 'wrong' }))
  const shown = dialog()
  await shown.findAll('input')[0].setValue('A')
  await shown.get('form').trigger('submit')
  await flushPromises()
  expect(shown.text()).toContain('不合要求')
  await shown.findAll('input')[0].setValue('A22')
  expect(shown.text()).not.toContain('不合要求')
})
