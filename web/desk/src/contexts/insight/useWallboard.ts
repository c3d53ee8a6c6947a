/** The wallboard: fetched again a moment after live facts, and every five seconds in any case. */
import { onUnmounted } from 'vue'
import { useGet } from '@/api/query'
import { onFacts } from '@/app/live'
import type { Wallboard } from './types'

export function useWallboard() {
  const query = useGet<Wallboard>('/wallboard', {}, { every_ms: 5_000 })
  let timer = 0
  const end = onFacts((frame) => {
    if (!timer && frame.facts.length) timer = window.setTimeout(() => { timer = 0; query.refresh() }, 700)
  })
  onUnmounted(() => { end(); clearTimeout(timer) })
  return query
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)}%`
}
