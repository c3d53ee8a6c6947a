export { openState, type Hours } from './hours'
export { useHours } from './useHours'
export { openQueue } from './openQueue'
