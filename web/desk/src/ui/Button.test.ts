import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import Button from './Button.vue'

/** What a browser sends for a double click: the second click says it is the second. */
async function doubleClick(variant: 'primary' | 'secondary') {
  const click = vi.fn()
  const made = mount(Button, { props: { variant }, attrs: { onClick: click } })
  await made.trigger('click', { detail: 1 })
  await made.trigger('click', { detail: 2 })
  return click
}

it('takes a double click on what does something as one', async () => {
  expect(await doubleClick('primary')).toHaveBeenCalledTimes(1)
})

it('lets what is stepped with be clicked quickly', async () => {
  expect(await doubleClick('secondary')).toHaveBeenCalledTimes(2)
})

it('takes the key Enter, which is no click of a pointer, every time', async () => {
  const click = vi.fn()
  const made = mount(Button, { props: { variant: 'primary' }, attrs: { onClick: click } })
  await made.trigger('click', { detail: 0 })
  await made.trigger('click', { detail: 0 })
  expect(click).toHaveBeenCalledTimes(2)
})
