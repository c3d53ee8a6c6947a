/** Custom fields of the house in views: which there are, how a condition on one reads, and what rows hold. */
import { computed, onUnmounted, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import { useGet, useRefresh } from '@/api/query'
import type { ConversationRow, Shapes } from '@/api/types'
import { onFacts } from '@/app/live'
import { may } from '@/app/session'
import type { Option } from '@/ui/kinds'
import type { CustomField, FieldCondition } from './types'

export type Value = string | number | boolean | null
const texts = ['text', 'phone', 'email', 'link']
export const asks = (field: CustomField): 'options' | 'number' | 'date' | 'flag' | 'text' => (field.kind === 'choice' || field.kind === 'tree' ? 'options' : texts.includes(field.kind) ? 'text' : field.kind as 'number' | 'date' | 'flag')

/** What of masked fields somebody has is shown to nobody here, and nobody may look for it. */
export function useCustomFields() {
  const { t, locale } = useI18n()
  const query = useGet<CustomField[]>('/profile-fields', {}, { enabled: () => may('customers.read') })
  const refresh = useRefresh()
  onUnmounted(onFacts((frame) => { if (frame.facts.some((fact) => /^Field(Changed|sOrdered)$/.test(fact.type))) void refresh('/profile-fields') }))
  const fields = computed(() => (query.found.value ?? []).filter((one) => one.seen && (one.of === 'customer' || one.of === 'conversation') && !one.archived_at && (one.privacy === 'public' || one.privacy === 'internal')))
  const field = (id: string) => fields.value.find((one) => one.id === id)
  const english = computed(() => locale.value === 'en')
  const label = (one: CustomField) => (english.value ? one.label_en : one.label_zh)
  function path(one: CustomField, key: string): string {
    const names: string[] = []
    for (let at = one.options.find((option) => option.key === key), depth = 0; at && depth < 6; at = one.options.find((option) => option.key === at?.parent), depth++) names.unshift(english.value ? at.en : at.zh)
    return names.join(' / ') || key
  }
  const options = (one: CustomField): Option[] => one.options.map((option) => ({ value: option.key, label: path(one, option.key), hint: option.active ? undefined : t('conversations.views.option_away') }))
  function shown(one: CustomField, value: Value | undefined): string {
    if (typeof value === 'boolean') return t(value ? 'conversations.views.yes' : 'conversations.views.no')
    return value === null || value === undefined ? '' : asks(one) === 'options' ? path(one, String(value)) : String(value)
  }
  function says(one: CustomField, given: FieldCondition): string {
    if (typeof given.yes === 'boolean') return shown(one, given.yes)
    if (given.any_of?.length) return given.any_of.map((key) => shown(one, key)).join(t('conversations.comma'))
    const [low, high] = asks(one) === 'date' ? [given.since, given.till] : [given.least, given.most]
    const has = (end: unknown) => end !== null && end !== undefined
    return has(low) && has(high) ? t('conversations.views.between', { low: String(low), high: String(high) }) : has(low) ? t('conversations.views.from', { low: String(low) }) : t('conversations.views.to', { high: String(high) })
  }
  return { fields, field, label, options, says, shown, loading: query.loading }
}

/** What the shown fields hold for the shown rows; asked for once for each, and again when somebody fills one in. */
export function useFieldValues(rows: () => ConversationRow[], ids: () => string[]) {
  const held = ref(new Map<string, Record<string, Value>>())
  const known = new Set<string>()
  let shown = ''
  let busy = false
  async function look() {
    const wanted = ids()
    if (wanted.join() !== shown) {
      shown = wanted.join()
      known.clear()
    }
    const missing = rows().filter((row) => !known.has(row.id)).slice(0, 100).map((row) => row.id)
    if (!wanted.length || !missing.length || busy) return
    busy = true
    for (const id of missing) known.add(id)
    try {
      const found = await api.post<Shapes['ConversationFields'][]>('/conversations/field-values', { conversation_ids: missing, field_ids: wanted })
      for (const one of found) held.value.set(one.conversation_id, Object.fromEntries(one.values.map((value) => [value.field_id, value.value])))
    } catch {
      // Tried again with the next change of the list; the cells stay empty until then.
      for (const id of missing) known.delete(id)
      return
    } finally {
      busy = false
    }
    void look()
  }
  watch(() => [rows().map((row) => row.id).join(), ids().join()], () => void look(), { immediate: true })
  onUnmounted(onFacts((frame) => {
    const changed = frame.facts.filter((fact) => fact.type === 'ProfileFilled').map((fact) => JSON.stringify(fact))
    if (!changed.length) return
    for (const row of rows()) if (changed.some((text) => text.includes(row.id) || text.includes(row.customer.id))) known.delete(row.id)
    void look()
  }))
  return (row: ConversationRow, field_id: string) => held.value.get(row.id)?.[field_id]
}
