/** What can be chosen in each condition of a filter, and how a condition reads. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useGet } from '@/api/query'
import type { Named } from '@/api/types'
import { useSession } from '@/app/session'
import { useBrands, useMembers } from '@/contexts/accounts'
import type { Option } from '@/ui/kinds'
import { useReasons, useTags } from '../useLists'
import { lengths } from './filter'
import type { Field, ViewFilter } from './types'

const words: Partial<Record<Field, readonly string[]>> = {
  stages: ['digital', 'waiting', 'serving', 'snoozed', 'closed'], holders: ['nobody', 'me', 'my_team'], priorities: ['urgent', 'high', 'normal', 'low'],
  tiers: ['platinum', 'gold', 'silver', 'vip', 'member', 'standard'], languages: ['zh-CN', 'en'], sla: ['near', 'breached'],
}
const minutes = [5, 10, 30, 60, 120, 240, 480]
const days = [1, 3, 7, 14, 30, 90]
const choices: Record<(typeof lengths)[number], number[]> = {
  waiting_s: minutes.map((one) => one * 60),
  last_before_s: [...minutes, ...days.map((one) => one * 1440)].map((one) => one * 60), last_within_s: [...minutes, ...days.map((one) => one * 1440)].map((one) => one * 60),
  opened_before_s: days.map((one) => one * 86_400), opened_within_s: [30, 60, 240, ...days.map((one) => one * 1440)].map((one) => one * 60),
}

export function useNames() {
  const { t } = useI18n()
  const { me } = useSession()
  const members = useMembers()
  const brands = useBrands()
  const queues = useGet<Named[]>('/queues')
  const channels = useGet<Named[]>('/channels')
  const { data: tags } = useTags()
  const { data: tree } = useReasons()
  const named = (list?: readonly { id: string; name: string }[]): Option[] => (list ?? []).map((one) => ({ value: one.id, label: one.name }))
  const ids = computed<Partial<Record<Field, Option[]>>>(() => ({
    // What I serve myself stands first.
    queue_ids: named(queues.found.value).sort((a, b) => Number(mine(b.value)) - Number(mine(a.value))), agent_ids: members.options.value, brand_ids: brands.options.value,
    channel_ids: named(channels.found.value), tag_ids: named(tags.value), reason_ids: (tree.value?.nodes ?? []).map((one) => ({ value: one.id, label: path(one.id) })),
  }))
  const mine = (id: string) => !!me.value?.queues.some((one) => one.id === id)
  function path(id: string): string {
    const nodes = tree.value?.nodes ?? []
    const node = nodes.find((one) => one.id === id)
    return node ? (node.parent_id ? `${path(node.parent_id)} › ` : '') + node.label : ''
  }
  const isLength = (field: Field): field is (typeof lengths)[number] => (lengths as readonly Field[]).includes(field)
  const length = (seconds: number) => (seconds % 86_400 === 0 ? t('conversations.views.days', { n: seconds / 86_400 }) : seconds % 3600 === 0 ? t('conversations.views.hours', { n: seconds / 3600 }) : t('conversations.views.minutes', { n: Math.round(seconds / 60) }))
  const word = (field: Field, value: string) => t(`conversations.views.${field}.${value}`)

  function options(field: Field): Option[] {
    if (isLength(field)) return choices[field].map((one) => ({ value: String(one), label: length(one) }))
    return ids.value[field] ?? (words[field] ?? []).map((one) => ({ value: one, label: word(field, one) }))
  }
  /** Whether there is anything to choose: a house without brands is not asked for one. */
  const offered = (field: Field) => field === 'unread' || options(field).length > 0
  function says(field: Field, filter: ViewFilter): string {
    const value = filter[field]
    if (field === 'unread') return ''
    if (isLength(field)) return length(Number(value))
    const known = options(field)
    return (value as string[]).map((one) => known.find((option) => option.value === one)?.label ?? (known.length ? t('conversations.views.gone_one') : '…')).join(t('conversations.comma'))
  }
  const name = (field: Field, id: string | null) => (id ? ids.value[field]?.find((one) => one.value === id)?.label ?? '' : '')
  return { options, offered, says, name, isLength, word }
}
