import type { Shapes } from '@/api/types'

export type Interventions = Shapes['Interventions']
export type Intervention = Interventions['items'][number]
export type Reason = Intervention['reasons'][number]
export type Watched = Shapes['Watched']
export type Back = NonNullable<Watched['back']>
export type SideThread = Shapes['SideThread']
export type WaitingApproval = Shapes['WaitingApproval']
