/** One answer by mail while it is written: its fields and words kept, its files, what hinders it, and the way out. */
import { computed, nextTick, onMounted, reactive, ref, shallowRef, watch, type Ref } from 'vue'
import type { ConversationRow } from '@/api/types'
import { useRested } from '@/app/rested'
import { mailIn, picturesIn, saveMail } from '../drafts'
import { send, type Wanted } from '../outbox'
import { unquote } from '../quoting'
import { useConversations } from '../store'
import type { useComposer } from '../useComposer'
import type { Address } from './addresses'
import { asDraft, fault, filled, fromDraft, outgoing, overload, unheard, useAnswering } from './answering'
import { blank, bringBack, fieldsOf, keepFields, remember, remembered, takeFiles, takeFresh, turns, type MailFields } from './fields'
import type { useEditor } from './useEditor'

export const LONGEST = 9500
export type Composer = ReturnType<typeof useComposer>
type Tools = ReturnType<typeof useEditor>

const escaped = (text: string) => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)
export const asHtml = (text: string): string => text.split('\n').map((line) => `<p>${escaped(line)}</p>`).join('')

export function useMail(row: Ref<ConversationRow>, composer: Composer, tools: Tools) {
  const store = useConversations()
  const id = computed(() => row.value.id)
  const rested = useRested(() => id.value)
  const fields = reactive<MailFields>(blank())
  const allowed = shallowRef<string[]>([])
  const asking = shallowRef<Address[]>([])
  const tried = ref(false)
  const lastMail = computed(() => store.thread(id.value).messages.findLast((one) => one.code === 'mail' || one.kind === 'customer')?.seq ?? 0)
  const asked = useAnswering(id, lastMail, computed(() => rested.value === id.value))
  const given = computed(() => asked.data.value)
  const mail = computed(() => filled(fields, given.value))
  const signature = computed(() => {
    const { html = '', text = '' } = given.value?.signature ?? {}
    return html || text ? `<div data-signature="">${html || asHtml(text)}</div>` : ''
  })

  /** What was kept for this conversation, or the words alone where only those are known. */
  function load() {
    Object.assign(fields, blank(), fieldsOf(id.value) ?? fromDraft(mailIn(id.value), picturesIn(id.value)))
    allowed.value = []
    asking.value = []
    tried.value = false
    show(fields.html ?? asHtml(composer.text.value))
    for (const one of takeFiles(id.value)) composer.take(one)
    composer.attach(takeFresh(id.value))
  }
  function show(html: string) {
    tools.set(html)
    sign()
    same()
  }
  /** The signature stands below from the start, so that one sees what goes. */
  function sign() {
    const now = tools.html()
    if (signature.value && !now.includes('data-signature') && fields.html === null) tools.set(`${now || '<p></p>'}${signature.value}`)
  }
  function same() {
    if (composer.text.value !== tools.words()) composer.text.value = tools.words()
  }
  onMounted(load)
  watch(id, () => void nextTick(load))
  watch(() => turns.get(id.value), (now) => { if (now) load() })
  watch(signature, sign)
  // Words that come from elsewhere, as a draft of the server does a moment later.
  watch(composer.text, (now) => {
    if (now === tools.words()) return
    if (!now) { keepFields(id.value, null); Object.assign(fields, blank()); show('') } else if (!tools.words()) load()
  })
  // What is quoted in a chat stands in the mail itself.
  watch(composer.quoted, (one) => {
    if (!one) return
    const whole = store.thread(id.value).messages.find((other) => other.id === one.id)?.text ?? one.text
    tools.editor.value?.chain().focus().insertContent(`<blockquote>${asHtml(whole)}</blockquote><p></p>`).run()
    unquote(id.value, 'agent')
  })

  function changed() {
    fields.html = tools.html()
    composer.text.value = tools.words()
    composer.typed()
    keep()
  }
  function keep() {
    keepFields(id.value, { ...fields })
    saveMail(id.value, asDraft(fields))
  }
  function set<Key extends keyof MailFields>(name: Key, value: MailFields[Key]) {
    fields[name] = value
    keep()
  }

  /** The files that go along: those beside the words, and the pictures that the words show. */
  const files = computed(() => {
    const html = (void tools.turned.value, tools.html())
    return [...composer.uploads.flatMap((one) => (one.file ? [one.file] : [])), ...fields.pictures.filter((one) => html.includes(`data-file="${one.id}"`))]
  })
  const hindered = computed(() => (composer.text.value.length > LONGEST ? 'too_long' : tools.waiting.value ? 'pictures_wait' : (fault(mail.value, given.value) ?? overload(files.value))))
  const something = computed(() => !!composer.text.value.trim() || composer.uploads.some((one) => one.file) || !!fields.below)
  const ready = computed(() => composer.can.value.reply && something.value && !composer.uploading.value && !hindered.value)

  /** Let it go this way; the fields go with the words. */
  function submit(by: (wanted: Wanted) => unknown = send): boolean {
    if (!ready.value) return false
    const [here, was] = [id.value, { ...fields, html: tools.html() }]
    const out = outgoing(mail.value, fields, tools.html(), given.value)
    // A picture in the words is a file of the message like any other.
    const shown = fields.pictures.filter((one) => out.html.includes(`cid:${one.id}"`))
    const done = composer.submit((wanted) => {
      const answer = by({ ...wanted, files: [...wanted.files, ...shown], quote: undefined, rich: undefined, mail: out })
      if (answer !== false && by === send) remember((answer as { client_id: string }).client_id, { fields: was, files: wanted.files })
      return answer
    }, true)
    if (!done) return false
    keepFields(here, null)
    Object.assign(fields, blank())
    tried.value = false
    show('')
    return true
  }
  /** Who is new here is asked about once. */
  function mayGo(): boolean {
    tried.value = true
    if (!ready.value) return false
    asking.value = unheard(mail.value, given.value, allowed.value)
    return !asking.value.length
  }
  function allow() {
    allowed.value = [...allowed.value, ...asking.value.map((one) => one.email)]
    asking.value = []
  }
  return { fields, given, asked, mail, hindered, ready, tried, asking, set, changed, submit, mayGo, allow, load }
}

export { bringBack, remembered }
