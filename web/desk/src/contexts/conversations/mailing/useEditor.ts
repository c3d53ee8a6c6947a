/** One rich editor: what it holds, what stands at the caret, and what pictures and pasted pages become in it. */
import { Editor } from '@tiptap/core'
import { Fragment, Slice } from '@tiptap/pm/model'
import { Selection, TextSelection } from '@tiptap/pm/state'
import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue'
import { api } from '@/api/client'
import type { StoredFile } from '@/api/types'
import { composing } from '@/app/ime'
import { cleaned } from './paste'
import { change, extensions, plain } from './schema'

export interface Hooks {
  /** After every change of the person's, and after one that was asked for. */
  changed: () => void
  /** A key, before the editor uses it; `true` keeps it from there. */
  key: (event: KeyboardEvent) => boolean
  /** Files that are no pictures, and pictures that could not be sent up. */
  files: (files: File[], failed?: boolean) => void
  /** So many pictures of a pasted page stayed behind. */
  left: (many: number) => void
  /** A picture has come up and stands in the words. */
  kept: (file: StoredFile) => void
  named: () => string
}

export function useEditor(box: Ref<HTMLElement | undefined>, hooks: Hooks) {
  const editor = shallowRef<Editor>()
  /** Turned with every change and every move of the caret, for what is shown of them. */
  const turned = ref(0)
  const waiting = ref(0)
  let count = 0
  let held = ''

  onMounted(() => {
    editor.value = new Editor({
      element: box.value, extensions: extensions(), content: held, injectCSS: false,
      editorProps: {
        attributes: () => ({ role: 'textbox', 'aria-multiline': 'true', 'aria-label': hooks.named(), spellcheck: 'true' }),
        handleKeyDown: (_, event) => !composing(event) && hooks.key(event),
        transformPastedHTML: pasted,
        // Who has written nothing yet and presses into the signature means the answer above it.
        handleDOMEvents: {
          mousedown: (view, event) => {
            if (plain(view.state.doc) || !(event.target as Element).closest('[data-signature]')) return false
            event.preventDefault()
            view.focus()
            toEnd(editor.value!)
            return true
          },
        },
        handlePaste: (_, event) => took(event.clipboardData),
        handleDrop: (_, event, __, moved) => !moved && took((event as DragEvent).dataTransfer),
      },
      onUpdate: () => { turned.value += 1; hooks.changed() },
      onSelectionUpdate: () => { turned.value += 1 },
    })
    toEnd(editor.value)
    turned.value += 1
  })
  onBeforeUnmount(() => editor.value?.destroy())

  function pasted(html: string): string {
    const found = cleaned(html)
    if (found.left) hooks.left(found.left)
    if (found.pictures.length) setTimeout(() => found.pictures.forEach(picture))
    return found.html
  }
  /** Files that lie on the clipboard or were dropped; words beside them are what was meant. */
  function took(data: DataTransfer | null): boolean {
    const files = [...(data?.files ?? [])]
    if (!files.length || data?.getData('text/html').replace(/<[^>]*>/g, '').trim()) return false
    add(files)
    return true
  }
  const shows = (one: File) => /^image\/(png|jpeg|gif|webp)$/.test(one.type)
  function add(files: File[]): void {
    files.filter(shows).forEach(picture)
    const rest = files.filter((one) => !shows(one))
    if (rest.length) hooks.files(rest)
  }

  async function picture(source: File): Promise<void> {
    const wait = `w${++count}`
    const shown = URL.createObjectURL(source)
    waiting.value += 1
    editor.value?.chain().focus().insertContent({ type: 'image', attrs: { src: shown, alt: source.name, wait } }).run()
    try {
      const kept = await api.upload<StoredFile>('/files', source)
      hooks.kept(kept)
      settle(wait, { src: kept.url, file: kept.id, alt: kept.name, wait: null, width: kept.width && kept.width > 640 ? 640 : kept.width })
    } catch {
      settle(wait, null)
      hooks.files([source], true)
    } finally {
      waiting.value -= 1
      URL.revokeObjectURL(shown)
    }
  }
  /** A picture has come up, or has not. */
  function settle(wait: string, attrs: Record<string, unknown> | null): void {
    const now = editor.value
    if (!now || now.isDestroyed) return
    now.state.doc.descendants((one, pos) => {
      if (one.type.name !== 'image' || one.attrs.wait !== wait) return true
      now.view.dispatch(attrs ? now.state.tr.setNodeMarkup(pos, undefined, { ...one.attrs, ...attrs }) : now.state.tr.delete(pos, pos + one.nodeSize))
      return false
    })
  }

  /** What is held, without pictures that are still on their way. */
  function html(): string {
    const made = editor.value?.getHTML() ?? held
    return made.replace(/<img[^>]*\sdata-wait="[^>]*>/g, '').replace(/\s(?:target|rel|class)="[^"]*"/g, '')
  }
  function set(wanted: string, quiet = true): void {
    held = wanted
    editor.value?.commands.setContent(wanted, { emitUpdate: !quiet })
    if (editor.value) toEnd(editor.value)
    turned.value += 1
  }
  /** One goes on writing behind the words, above the signature. */
  function toEnd({ view, state: { doc, tr } }: Editor): void {
    let at = 0
    doc.forEach((one, pos) => { if (one.type.name !== 'signature') at = pos + one.nodeSize })
    view.dispatch(tr.setSelection(Selection.near(doc.resolve(at), -1)))
  }
  const words = (all = false) => (void turned.value, editor.value ? plain(editor.value.state.doc, all) : '')

  /** The word at the caret that begins with `/`, and where it stands. */
  function slash(): { query: string; from: number; to: number } | null {
    void turned.value
    const selection = editor.value?.state.selection
    if (!selection?.empty || !selection.$from.parent.isTextblock) return null
    const { $from } = selection
    const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc')
    const found = /(?:^|\s|[^A-Za-z0-9/:.])\/([^\s/]*)$/.exec(before)
    return found && { query: found[1], from: $from.pos - found[1].length - 1, to: $from.pos }
  }
  const paragraphs = (text: string) => text.split(/\n/).map((line) => ({ type: 'paragraph', content: line ? [{ type: 'text', text: line }] : [] }))
  /** Put words at the caret, or in the place of some; their first line goes on where the caret stands. */
  function put(text: string, at?: { from: number; to: number }): void {
    const now = editor.value
    if (!now) return
    const { from, to } = at ?? now.state.selection
    const content = Fragment.fromArray(paragraphs(text).map((one) => now.schema.nodeFromJSON(one)))
    now.view.dispatch(now.state.tr.setSelection(TextSelection.create(now.state.doc, from, to)).replaceSelection(new Slice(content, 1, 1)).scrollIntoView())
    now.commands.focus()
  }
  /** Other words in the place of what is written; looks stay where only a part of them changes. */
  function replace(text: string): void {
    const now = editor.value
    if (!now) return
    const one = change(now.state.doc, text)
    if (one) { now.view.dispatch(now.state.tr.insertText(one.text, one.from, one.to)); now.commands.focus(); return }
    const signature = /<div data-signature[\s\S]*$/.exec(now.getHTML())?.[0] ?? ''
    now.chain().setContent({ type: 'doc', content: paragraphs(text) }, { emitUpdate: true }).run()
    if (signature) now.commands.insertContentAt(now.state.doc.content.size, signature)
    now.commands.focus()
  }
  return { editor, turned, waiting, html, set, words, slash, put, replace, add }
}
