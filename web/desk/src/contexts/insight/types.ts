import type { Shapes } from '@/api/types'

export type Wallboard = Shapes['Wallboard']
export type Figure = Shapes['Figure']
export type QueueState = Wallboard['total']
export type Rail = QueueState['rail']
export type AgentState = Shapes['AgentState']
export type Explanation = Shapes['Explanation']
