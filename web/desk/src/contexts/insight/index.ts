export type { Wallboard } from './types'
/** Alerts are told wherever the desk is; returns the function that stops it. */
export async function followAlerts(go: (path: string) => void): Promise<() => void> {
  return (await import('./floor/following')).followAlerts(go)
}
