import { Editor } from '@tiptap/core'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { i18n } from '@/app/i18n'
import EditorBar from './EditorBar.vue'
import { extensions } from './schema'
import words from './words.zh-CN.json'

i18n.global.mergeLocaleMessage('zh-CN', words as never)
afterEach(() => { document.body.innerHTML = '' })

it('refuses a link that leads nowhere, says so, and gives the words the focus back after one that does', async () => {
  const box = document.body.appendChild(document.createElement('div'))
  const editor = new Editor({ element: box, extensions: extensions(), content: '<p>说明书</p>', injectCSS: false })
  editor.commands.selectAll()
  const bar = mount(EditorBar, { props: { editor, turned: 0 }, attachTo: document.body, global: { plugins: [i18n] } })
  const trigger = bar.get('[aria-label=链接]')
  await trigger.trigger('click')
  await flushPromises()
  const field = document.querySelector<HTMLInputElement>('input[aria-label=链接地址]')!
  const set = async (text: string) => {
    field.value = text
    field.dispatchEvent(new Event('input'))
    await flushPromises()
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    await flushPromises()
  }
  await set('javascript:alert(1)')
  expect([document.querySelector('[role=alert]')?.textContent, editor.getHTML()]).toEqual(['请填写网址、邮箱地址或电话号码', '<p>说明书</p>'])
  await set('help.x.cn')
  expect(editor.getHTML()).toContain('href="https://help.x.cn"')
  const focus = vi.spyOn(editor.commands, 'focus')
  await vi.waitFor(() => expect(document.querySelector('input[aria-label=链接地址]')).toBeNull())
  ;(trigger.element as HTMLElement).blur()
  ;(trigger.element as HTMLElement).focus()
  await flushPromises()
  await vi.waitFor(() => expect(document.activeElement?.closest('.ProseMirror') ?? focus.mock.calls.length).toBeTruthy())
  editor.destroy()
})
