/** The state of the composer of one conversation: text, kind, files on their way, mentions; drafts and typing signals. */
import { computed, onUnmounted, reactive, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import type { ConversationRow, StoredFile } from '@/api/types'
import { reason } from '@/app/failures'
import { say } from '@/app/live'
import { myId } from '@/app/session'
import { clearDraft, draftOf, lastKind, offerDrafts, saveDraft, useKind, type Kind } from './drafts'
import { send, type Wanted } from './outbox'
import { quotedIn, unquote } from './quoting'
import { heldIn, hindrance, withWords } from './rich/held'
import { useConversations } from './store'
import { rights } from './useActs'
import { goesByMail } from './way'

export interface Upload { id: number; name: string; share: number; file: StoredFile | null; error: string; preview: string; source: File }
const MOST_BYTES = 20 * 1024 * 1024

export function useComposer(row: Ref<ConversationRow>, tooLarge: (name: string) => void) {
  const store = useConversations()
  const text = ref('')
  const kind = ref<Kind>('agent')
  const uploads = reactive<Upload[]>([])
  const people = ref<{ id: string; name: string; blind?: boolean }[]>([])
  const article = ref<string>()
  const quoted = computed(() => quotedIn(row.value.id, kind.value))
  /** A card is for chats: it stays where it is while a mail is written. */
  const card = computed(() => (kind.value === 'agent' && !goesByMail(row.value) ? heldIn(row.value.id) : undefined))
  const kept = new Map<string, Upload[]>()
  const can = computed(() => rights(row.value))
  const id = computed(() => row.value.id)
  let last = 0
  let quiet = 0
  let typing = false

  function restore() {
    kind.value = can.value.reply ? (lastKind(id.value) ?? 'agent') : 'note'
    show()
  }
  function show() {
    text.value = draftOf(id.value, kind.value)
    article.value = undefined
    people.value = []
    uploads.splice(0, uploads.length, ...(kept.get(`${id.value}/${kind.value}`) ?? []))
  }
  /** Go on with the other of the two; each keeps its own words and files. */
  function turn(to: Kind) {
    if (to === kind.value) return
    kept.set(`${id.value}/${kind.value}`, [...uploads])
    hush(id.value)
    kind.value = to
    useKind(id.value, to)
    show()
  }
  watch(id, (_, was) => {
    if (was) { kept.set(`${was}/${kind.value}`, [...uploads]); hush(was) }
    restore()
  }, { immediate: true })
  watch(() => store.thread(id.value).detail, (detail) => { if (detail && offerDrafts(detail.id, detail.drafts) && !text.value) restore() }, { immediate: true })
  // What is half written keeps its kind: a reply never turns into a note, nor a note into a reply, under the hand.
  watch(() => can.value.reply, (now) => { if (!text.value) turn(now ? 'agent' : 'note') })

  /** Call on every change the person makes, not on changes from outside. */
  function typed() {
    saveDraft(id.value, { text: text.value, kind: kind.value })
    if (kind.value === 'note' || !text.value) { hush(id.value); return }
    clearTimeout(quiet)
    quiet = window.setTimeout(() => hush(id.value), 5000)
    if (typing && Date.now() - last < 3000) return
    typing = true
    last = Date.now()
    say({ t: 'typing', conversation_id: id.value, on: true })
  }
  function hush(conversation: string) {
    clearTimeout(quiet)
    if (typing) say({ t: 'typing', conversation_id: conversation, on: false })
    typing = false
  }

  let count = 0
  function attach(files: Iterable<File>) {
    for (const source of files) {
      if (source.size > MOST_BYTES) { tooLarge(source.name); continue }
      uploads.push({ id: ++count, name: source.name || 'image.png', share: 0, file: null, error: '', source, preview: source.type.startsWith('image/') ? URL.createObjectURL(source) : '' })
      void upload(uploads[uploads.length - 1])
    }
  }
  async function upload(one: Upload) {
    one.error = ''
    try {
      one.file = await api.upload<StoredFile>('/files', one.source, (share) => (one.share = share))
    } catch (error) {
      one.error = reason(error)
    }
  }
  /** A file that is here already, as it comes back with what was taken back. */
  function take(file: StoredFile) {
    if (uploads.some((one) => one.file?.id === file.id)) return
    uploads.push({ id: ++count, name: file.name, share: 1, file, error: '', source: new File([], file.name), preview: file.thumb_url ?? '' })
  }
  function detach(one: Upload) {
    const at = uploads.findIndex((other) => other.id === one.id)
    if (at >= 0) uploads.splice(at, 1)
    if (one.preview) URL.revokeObjectURL(one.preview)
  }

  const uploading = computed(() => uploads.some((one) => !one.file && !one.error))
  const hindered = computed(() => (card.value ? hindrance(card.value, text.value, uploads.length) : null))
  const ready = computed(() => !uploading.value && !hindered.value && (text.value.trim() !== '' || !!card.value || uploads.some((one) => one.file)) && (kind.value === 'note' ? can.value.note : can.value.reply))

  /** `sure`: whoever asks knows better whether it is ready. */
  function submit(by: (wanted: Wanted) => unknown = send, sure = false): boolean {
    if (!ready.value && !sure) return false
    const files = uploads.flatMap((one) => (one.file ? [one.file] : []))
    const mentions = kind.value === 'note' ? people.value.filter((one) => text.value.includes(`@${one.name}`)).map((one) => one.id) : []
    if (by({ conversation_id: id.value, member_id: myId(), kind: kind.value, text: text.value.trim(), files, mentions, article_id: kind.value === 'agent' ? article.value : undefined, quote: quoted.value, rich: card.value && withWords(card.value, text.value) }) === false) return false
    unquote(id.value, kind.value)
    for (const one of [...uploads]) detach(one)
    kept.delete(`${id.value}/${kind.value}`)
    text.value = ''
    article.value = undefined
    hush(id.value)
    clearDraft(id.value, kind.value)
    return true
  }
  onUnmounted(() => hush(id.value))
  return { text, kind, uploads, people, article, quoted, card, hindered, can, uploading, ready, typed, turn, attach, take, upload, detach, submit }
}
