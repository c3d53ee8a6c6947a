import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { i18n } from '@/app/i18n'
import Button from './Button.vue'
import DateField from './DateField.vue'

/** A day in a form as everywhere, and the button that saves. */
function form(day = '') {
  const save = vi.fn()
  const made = mount(defineComponent({
    components: { Button, DateField },
    setup: () => ({ save }),
    data: () => ({ day }),
    template: '<form><DateField v-model="day" label="d" hide-label /><Button variant="primary" @click="save">s</Button></form>',
  }), { global: { plugins: [i18n] }, attachTo: document.body })
  return { made, save, field: made.get('input'), value: () => (made.vm as unknown as { day: string }).day }
}

it('is no field of the browser, which would write the day as its own language does', async () => {
  const one = form('2026-11-21')
  expect(one.field.attributes('type') ?? 'text').toBe('text')
  expect((one.field.element as HTMLInputElement).value).toBe('2026-11-21')
})

it('holds a whole day at once, and one written otherwise on leaving', async () => {
  const one = form()
  await one.field.setValue('2026-11-05')
  expect(one.value()).toBe('2026-11-05')
  await one.field.setValue('2026年12月6日')
  await one.field.trigger('blur')
  expect([one.value(), (one.field.element as HTMLInputElement).value]).toEqual(['2026-12-06', '2026-12-06'])
  await one.field.setValue('')
  await one.field.trigger('blur')
  expect(one.value()).toBe('')
})

it('saves nothing past what is no day, and says so', async () => {
  const one = form('2026-11-05')
  await one.field.setValue('2026-02-30')
  await one.field.trigger('blur')
  expect(one.made.find('[role=alert]').exists()).toBe(true)
  await one.made.get('button[data-variant=primary]').trigger('click', { detail: 1 })
  expect(one.save).not.toHaveBeenCalled()
  expect(one.value()).toBe('2026-11-05')
})
