/** Writing a rich message: the draft of each conversation, sending, and the templates that are kept. */
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, reactive, ref } from 'vue'
import { api } from '@/api/client'
import type { Message, RichContent, RichTemplate, StoredFile } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { toast } from '@/ui/toast'
import { insertIntoComposer } from '../insert'
import { useConversations } from '../store'
import { blank, contentOf, draftOf, filesOf, missing, type Draft } from './content'
import { hold } from './held'

interface Writing { draft: Draft; template: string | null; client_id: string }
/** Another way than to the customer, and what it begins with; `bare` leaves the words before it to others, templates are filled in for the conversation `fills`. */
export interface Way { label: string; start?: { content: RichContent; files: StoredFile[]; template_id?: string | null }; bare?: boolean; fills?: string; go: (given: { content: RichContent; files: StoredFile[]; template_id: string | null }) => Promise<void> }
/** What was begun stays where it was begun, until it is sent. */
const begun = reactive(new Map<string, Writing>())
const t = (key: string, values?: Record<string, unknown>) => i18n.global.t(key, values ?? {})
const anew = (): Writing => ({ draft: blank(), template: null, client_id: crypto.randomUUID() })

/** Let go of what was begun somewhere. */
export const forget = (id: string): void => void begun.delete(id)

export function useRich(id: string, way?: Way) {
  const store = useConversations()
  const client = useQueryClient()
  if (!begun.has(id)) begun.set(id, way?.start ? { ...anew(), draft: draftOf(way.start.content, way.start.files), template: way.start.template_id ?? null } : anew())
  const writing = computed(() => begun.get(id) ?? anew())
  const busy = ref(false)
  const fills = way ? way.fills : id
  const templates = useQuery({ queryKey: ['rich-templates', fills ?? ''], staleTime: 60_000, queryFn: () => api.get<RichTemplate[]>('/rich-templates', fills ? { conversation_id: fills } : undefined) })
  const content = computed(() => contentOf(writing.value.draft))
  const files = computed(() => filesOf(writing.value.draft))
  const lacking = computed(() => {
    const found = missing(writing.value.draft)
    return found === 'needs_intro' && way?.bare ? null : found
  })
  const chosen = computed(() => templates.data.value?.find((one) => one.id === writing.value.template) ?? null)

  function take(template: RichTemplate | null) {
    begun.set(id, { ...anew(), draft: template ? draftOf(template.content, template.pictures) : blank(), template: template?.id ?? null })
  }
  /** One try at a time; the same message is never sent twice. */
  async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await work()
      return true
    } catch (error) {
      sayFailure(t(`conversations.rich.${what}`), error)
      return false
    } finally {
      busy.value = false
    }
  }
  const send = () => attempt('not_sent', async () => {
    const { client_id, template } = writing.value
    if (way) await way.go({ content: content.value, files: files.value, template_id: template })
    else store.addMessages([await api.post<Message>(`/conversations/${id}/rich-messages`, { client_id, content: content.value, template_id: template })])
    begun.delete(id)
  })
  /** Into the composer, where words are written before it and it goes with them. */
  function put() {
    hold(id, content.value, files.value, writing.value.template)
    const words = content.value.intro?.trim()
    if (words) insertIntoComposer(words)
    begun.delete(id)
  }
  const keep = (name: string, scope: RichTemplate['scope'], team_id: string | null) => attempt('not_kept', async () => {
    const made = await api.post<RichTemplate>('/rich-templates', { name, content: content.value, scope, team_id })
    await client.invalidateQueries({ queryKey: ['rich-templates'] })
    toast({ text: t('conversations.rich.kept', { name: made.name }), tone: 'calm' })
  })
  const change = (template: RichTemplate) => attempt('not_kept', async () => {
    await api.patch<RichTemplate>(`/rich-templates/${template.id}`, { version: template.version, content: content.value })
    await client.invalidateQueries({ queryKey: ['rich-templates'] })
    toast({ text: t('conversations.rich.kept', { name: template.name }), tone: 'calm' })
  })
  const remove = (template: RichTemplate) => attempt('not_kept', async () => {
    await api.remove(`/rich-templates/${template.id}`)
    writing.value.template = null
    await client.invalidateQueries({ queryKey: ['rich-templates'] })
    toast({ text: t('conversations.rich.removed', { name: template.name }) })
  })
  return { writing, templates, content, files, lacking, chosen, busy, take, send, put, keep, change, remove }
}
