import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import TextField from './TextField.vue'

test('what is wanted stays in sight beside what is wrong', () => {
  const field = mount(TextField, { props: { label: '会员卡号', hint: 'AJ 加 8 位数字', error: '不符合要求' }, global: { mocks: { $t: (key: string) => key } } })
  expect(field.text()).toContain('不符合要求')
  expect(field.text()).toContain('AJ 加 8 位数字')
  const described = field.get('input').attributes('aria-describedby')
  expect(field.get(`[id="${described}"]`).text()).toContain('AJ 加 8 位数字')
})
