/** Looks through the reply a moment after it was changed, and before it goes. */
import { computed, onUnmounted, ref, watch, type Ref } from 'vue'
import { useGet } from '@/api/query'
import { useConversations } from '@/contexts/conversations'
import { composed, replaceComposed } from '@/contexts/conversations/composing'
import { guardSending } from './sending'
import { corrected, findings, type Finding, type Rules } from './wording'

const QUIET_MS = 350

export function useWording(id: Ref<string>) {
  const store = useConversations()
  const rules = useGet<Rules>('/wording-rules')
  const looked = ref('')
  /** The text that may go although something was asked about it. */
  const allowed = ref<string | null>(null)
  const held = ref(false)
  const passed = ref<string[]>([])
  let timer = 0
  const mine = () => composed.id === id.value && composed.kind === 'agent'
  watch(() => (mine() ? composed.text : ''), (now) => {
    clearTimeout(timer)
    held.value = false
    if (!now) { looked.value = ''; passed.value = [] } else timer = window.setTimeout(() => (looked.value = now), QUIET_MS)
  }, { immediate: true })
  watch(id, () => { allowed.value = null; passed.value = [] })

  const first = computed(() => !store.thread(id.value).messages.some((one) => one.kind === 'agent'))
  const look = (text: string): Finding[] => (rules.found.value ? findings(text, rules.found.value, first.value) : [])
  const all = computed(() => (looked.value && looked.value === composed.text ? look(looked.value) : []))
  const key = (one: Finding) => `${one.kind}.${looked.value.slice(one.start, one.end)}`
  const open = computed(() => all.value.filter((one) => one.level !== 'hint' || !passed.value.includes(key(one))))

  function ask(text: string): boolean {
    if (!mine()) return true
    const strict = look(text).filter((one) => one.level === 'ask' || one.level === 'block')
    if (!strict.length || (allowed.value === text && strict.every((one) => one.level === 'ask'))) return true
    clearTimeout(timer)
    looked.value = text
    held.value = true
    allowed.value = text
    return false
  }
  const free = guardSending(ask)
  onUnmounted(() => { clearTimeout(timer); free() })

  return {
    open,
    held,
    said: (one: Finding) => looked.value.slice(one.start, one.end),
    take: (one: Finding) => replaceComposed(corrected(looked.value, one, all.value)),
    pass: (one: Finding) => (passed.value = [...passed.value, key(one)]),
  }
}
