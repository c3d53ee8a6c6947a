import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import Tabs from './Tabs.vue'

const tabs = [{ value: 'one', label: '客户' }, { value: 'two', label: '往来', count: 3 }, { value: 'three', label: '轨迹' }]

function shown(value = 'one') {
  const made = mount(Tabs, {
    attachTo: document.body,
    props: { tabs, label: '面板', modelValue: value, 'onUpdate:modelValue': (now: string) => made.setProps({ modelValue: now }) },
    slots: { one: '甲', two: '乙' },
  })
  return made
}

it('shows the panel of the chosen tab, and names both to each other', async () => {
  const made = shown()
  expect(made.get('[role=tabpanel]').text()).toBe('甲')
  await made.findAll('[role=tab]')[1].trigger('click')
  const [tab, panel] = [made.get('[role=tab][aria-selected=true]'), made.get('[role=tabpanel]')]
  expect([tab.text(), panel.text()]).toEqual(['往来3', '乙'])
  expect(tab.attributes('aria-controls')).toBe(panel.attributes('id'))
  expect(panel.attributes('aria-labelledby')).toBe(tab.attributes('id'))
})

it('is only a strip where a tab has no panel', () => {
  const made = shown('three')
  expect(made.find('[role=tabpanel]').exists()).toBe(false)
  expect(made.get('[aria-selected=true]').attributes('aria-controls')).toBeUndefined()
})

it('is one stop for the Tab key, and arrows go round', async () => {
  const made = shown()
  expect(made.findAll('[role=tab][tabindex="0"]')).toHaveLength(1)
  for (const [key, label] of [['ArrowLeft', '轨迹'], ['ArrowRight', '客户'], ['End', '轨迹'], ['Home', '客户']]) {
    await made.get('[role=tablist]').trigger('keydown', { key })
    await nextTick()
    expect(made.get('[aria-selected=true]').text()).toBe(label)
    expect(document.activeElement?.textContent?.trim()).toBe(label)
  }
})
