/** Commands of the open screens for the command menu. */
import { computed, onUnmounted, shallowReactive } from 'vue'
import type { Command } from '@/ui/kinds'

const sources = shallowReactive(new Set<() => Command[]>())
export const commands = computed(() => [...sources].reverse().flatMap((source) => source()))

/** Offer commands while this component lives. */
export function useCommands(source: () => Command[]): void {
  sources.add(source)
  onUnmounted(() => sources.delete(source))
}
