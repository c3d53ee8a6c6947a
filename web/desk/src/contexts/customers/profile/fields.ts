/** What fields look like to a reader: their words, and their values as text. */
import { i18n } from '@/app/i18n'
import type { TreeNode } from '@/ui/kinds'
import type { Field, FieldOption, FieldValue, Given, ObjectType } from './types'

const english = () => i18n.global.locale.value === 'en'
export const labelOf = (field: Pick<Field, 'label_zh' | 'label_en'>) => (english() ? field.label_en : field.label_zh)
export const helpOf = (field: Pick<Field, 'help_zh' | 'help_en'>) => (english() ? field.help_en || field.help_zh : field.help_zh || field.help_en)
export const typeName = (type: Pick<ObjectType, 'name_zh' | 'name_en'>) => (english() ? type.name_en : type.name_zh)
export const optionLabel = (one: Pick<FieldOption, 'zh' | 'en'>) => (english() ? one.en : one.zh)

/** An option with everything above it: 家电 / 燃气灶. */
export function optionPath(options: FieldOption[], key: string): string {
  const names: string[] = []
  for (let one = options.find((o) => o.key === key), depth = 0; one && depth < 6; one = options.find((o) => o.key === one?.parent), depth++) names.unshift(optionLabel(one))
  return names.join(' / ') || key
}

/** What may be chosen, and what is chosen already though it was put aside. */
export const optionNodes = (field: Field, known: Given): TreeNode[] => field.options.filter((one) => one.active || one.key === known).map((one) => ({ id: one.key, parent_id: one.parent ?? null, label: optionLabel(one) }))

export function shownValue(field: Field, value: FieldValue): string {
  const t = i18n.global.t as (key: string) => string
  if (value.masked) return value.shown
  if (typeof value.value === 'boolean') return t(value.value ? 'customers.profile.yes' : 'customers.profile.no')
  if (field.kind === 'choice' || field.kind === 'tree') return optionPath(field.options, String(value.value))
  return String(value.value ?? '')
}

export const inUse = (fields: Field[], of: Field['of'], typeId: string | null = null) => fields.filter((one) => one.of === of && one.type_id === typeId && !one.archived_at)
