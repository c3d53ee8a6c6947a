export type { Wallboard } from './types'
