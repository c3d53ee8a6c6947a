import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { api } from '@/api/client'
import { useEditor } from './useEditor'

function made(files = vi.fn()) {
  const changed = vi.fn()
  let tools!: ReturnType<typeof useEditor>
  const Box = defineComponent(() => {
    const box = ref<HTMLElement>()
    tools = useEditor(box, { changed, files, key: () => false, left: () => undefined, kept: () => undefined, named: () => '正文' })
    return () => h('div', { ref: box })
  })
  const shown = mount(Box, { attachTo: document.body })
  return { tools, changed, files, shown }
}
afterEach(() => { document.body.innerHTML = ''; vi.restoreAllMocks() })

it('shows what it is given before and after it is there, and says only what the person changes', () => {
  const { tools, changed } = made()
  tools.set('<p>您好</p>')
  expect([tools.words(), changed.mock.calls.length]).toEqual(['您好', 0])
  tools.editor.value!.commands.insertContentAt(1, '王先生，')
  expect([tools.words(), changed.mock.calls.length]).toEqual(['王先生，您好', 1])
})

it('finds the word behind a slash and puts lines in its place', () => {
  const { tools } = made()
  tools.set('<p>您好 /wl</p>')
  tools.editor.value!.commands.setTextSelection(7)
  const at = tools.slash()
  expect(at?.query).toBe('wl')
  tools.put('物流\n已发出', at!)
  expect(tools.words()).toBe('您好 物流\n已发出')
  tools.set('<p>https://x.cn/a</p>')
  tools.editor.value!.commands.setTextSelection(15)
  expect(tools.slash()).toBeNull()
})

it('keeps the looks and the signature when single words are corrected', () => {
  const { tools } = made()
  tools.set('<p><strong>王先身</strong>您好</p><div data-signature=""><p>客服</p></div>')
  tools.replace('王先生您好')
  expect(tools.html()).toBe('<p><strong>王先生</strong>您好</p><div data-signature=""><p>客服</p></div>')
  tools.replace('另一句\n再一句')
  expect([tools.words(), tools.words(true)]).toEqual(['另一句\n再一句', '另一句\n再一句\n\n客服'])
})

it('holds a picture back until it is up, and turns one that fails into a file to try again', async () => {
  URL.createObjectURL = () => 'blob:x'
  URL.revokeObjectURL = () => undefined
  let up: (file: unknown) => void = () => undefined
  vi.spyOn(api, 'upload').mockImplementationOnce(() => new Promise((done) => { up = done }) as never).mockRejectedValueOnce(new Error())
  const { tools, files } = made()
  const source = new File(['x'], 'a.png', { type: 'image/png' })
  tools.add([source, new File(['x'], 'a.pdf', { type: 'application/pdf' })])
  expect(files).toHaveBeenCalledWith([expect.objectContaining({ name: 'a.pdf' })])
  expect([tools.waiting.value, tools.html().includes('img')]).toEqual([1, false])
  up({ id: '7', url: '/files/7/a.png', name: 'a.png', width: 900, height: 10 })
  await vi.waitFor(() => expect(tools.waiting.value).toBe(0))
  expect(tools.html()).toContain('data-file="7"')
  tools.set('')
  tools.add([source])
  await vi.waitFor(() => expect(files).toHaveBeenLastCalledWith([source], true))
  expect(tools.html()).not.toContain('img')
})

it('takes a press into the signature as the answer while there is none', () => {
  const { tools } = made()
  const press = () => !tools.editor.value!.view.dom.querySelector('[data-signature] p')!.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }))
  tools.set('<p></p><div data-signature=""><p>客服</p></div>')
  tools.editor.value!.commands.setTextSelection(5)
  expect(press()).toBe(true)
  tools.put('您好')
  expect(tools.words()).toBe('您好')
  expect(press()).toBe(false)
})

it('keeps a line between a table and the signature, where one goes on writing', () => {
  const { tools } = made()
  tools.set('<p>您好</p><div data-signature=""><p>客服</p></div>')
  tools.editor.value!.chain().insertTable({ rows: 1, cols: 1, withHeaderRow: false }).run()
  const { doc } = tools.editor.value!.state
  expect(Array.from({ length: doc.childCount }, (_, at) => doc.child(at).type.name).slice(-3)).toEqual(['table', 'paragraph', 'signature'])
})
