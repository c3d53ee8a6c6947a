import type { Shapes } from '@/api/types'

export type Macro = Shapes['Macro']
export type Steps = Required<Shapes['Steps']>
export type Preview = Shapes['Preview']
export type Step = Shapes['Step']
