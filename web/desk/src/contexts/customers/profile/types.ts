import type { Shapes } from '@/api/types'

export type Field = Shapes['FieldView']
export type FieldValue = Shapes['ValueView']
export type FieldOption = Field['options'][number]
export type Given = string | number | boolean | null
export type Of = Field['of']
export type ObjectType = Shapes['ObjectType']
export type KeptObject = Shapes['ObjectView']
export type Belonging = Shapes['Belonging']
export type CompanyCard = Shapes['CompanyCard']
export type CompanyRow = Shapes['CompanyRow']
