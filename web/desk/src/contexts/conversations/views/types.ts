/** Shapes of views under the desk's names. */
import type { Shapes } from '@/api/types'

export type ViewFilter = Partial<Shapes['ViewFilter']>
export type View = Omit<Shapes['View'], 'filter'> & { filter: ViewFilter }
export type ViewOrder = View['order']
export type ViewColumn = NonNullable<Shapes['ViewGiven']['columns']>[number]
export type ViewCount = Shapes['ViewCount']
export type FoundPage = Shapes['FoundPage']
export type CustomField = Shapes['FieldView']
export type FieldCondition = NonNullable<ViewFilter['fields']>[number]
export type Field = keyof ViewFilter
