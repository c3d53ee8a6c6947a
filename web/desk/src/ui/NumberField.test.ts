import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { i18n } from '@/app/i18n'
import Button from './Button.vue'
import NumberField from './NumberField.vue'

/** A form as everywhere: a number and the button that saves. */
function form() {
  const save = vi.fn()
  const made = mount(defineComponent({
    components: { Button, NumberField },
    setup: () => ({ save }),
    data: () => ({ value: 3 as number | null }),
    template: '<form><NumberField v-model="value" label="n" :min="1" :max="50" whole /><Button variant="primary" @click="save">s</Button></form>',
  }), { global: { plugins: [i18n] }, attachTo: document.body })
  const field = made.get('input')
  const type = async (text: string) => { await field.setValue(text) }
  const click = async () => { await field.trigger('blur'); await made.get('button').trigger('click', { detail: 1 }) }
  return { made, save, field, type, click, value: () => (made.vm as unknown as { value: number | null }).value }
}

it.each(['999', '0', '2.5', 'three'])('saves nothing past %s, which is no value here, and goes back to it', async (text) => {
  const one = form()
  await one.type(text)
  await one.click()
  expect(one.save).not.toHaveBeenCalled()
  expect(one.value()).toBe(3)
  expect(document.activeElement).toBe(one.field.element)
})

it('takes back what it said while the text is mended, so that the button stays under the pointer', async () => {
  const one = form()
  await one.type('999')
  await one.field.trigger('blur')
  expect(one.made.find('p').exists()).toBe(true)
  await one.type('9')
  expect(one.made.find('p').exists()).toBe(false)
  await one.click()
  expect(one.save).toHaveBeenCalledTimes(1)
  expect(one.value()).toBe(9)
})

it('does not send its form with Enter while its text is no value', async () => {
  const one = form()
  await one.type('999')
  const enter = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true, bubbles: true })
  one.field.element.dispatchEvent(enter)
  expect(enter.defaultPrevented).toBe(true)
})
