/** The keyboard map: single letters act only when no field has the focus and no input method is composing. */
import { computed, onUnmounted, reactive } from 'vue'
import { composing } from './ime'
import { preferences } from './session'

/** The keys as they are before anybody changes them; "G I" is one after the other. */
export const defaultKeys = {
  commands: 'Ctrl+K', help: '?', next: 'J', previous: 'K', choose: 'X', reply: 'R', note: 'N', quote: 'Q', search: '/',
  close: 'E', transfer: 'T', assign: 'A', take: 'I', tags: 'L', snooze: 'H', unread: 'M', priority: 'P', ask: 'U', follow: 'F', pin: 'O', undo: 'Z', case: 'C',
  inbox: 'G I', views: 'G V', customers: 'G C', knowledge: 'G K', wallboard: 'G M', interventions: 'G H', following: 'G F', accept: 'Y', panel: 'D',
} as const
export type KeyName = keyof typeof defaultKeys

type Act = (event: KeyboardEvent) => void
const acts = reactive(new Map<KeyName, Act[]>())
let first = ''
let firstAt = 0

export const keys = computed(() => ({ ...defaultKeys, ...preferences.keys }) as Record<KeyName, string>)

/** Bind acts to keys while this component lives; the newest binding wins. */
export function useKeys(bound: Partial<Record<KeyName, Act>>): void {
  const list = Object.entries(bound) as [KeyName, Act][]
  for (const [name, act] of list) acts.set(name, [...(acts.get(name) ?? []), act])
  onUnmounted(() => {
    for (const [name, act] of list) acts.set(name, (acts.get(name) ?? []).filter((one) => one !== act))
  })
}

export function canAct(name: KeyName): boolean {
  return (acts.get(name)?.length ?? 0) > 0
}

/** Write an event as "Ctrl+K", "Shift+E", "?" or "J". */
export function written(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const letter = /^[A-Z0-9]$/.test(key)
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey && (letter || key.length > 1) ? 'Shift+' : ''}${key}`
}

/** Which act an event means, given the letter before it. */
export function meaning(event: KeyboardEvent, before: string, map: Record<string, string> = keys.value): KeyName | null {
  const now = written(event)
  const found = Object.entries(map).find(([, keys]) => keys === (before ? `${before} ${now}` : now))
    ?? Object.entries(map).find(([, keys]) => keys === now)
  return (found?.[0] as KeyName | undefined) ?? null
}

/** Whether what is typed there is text. */
export function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Whether something open over the page takes the keys for itself. */
export function covered(): boolean {
  return document.body.hasAttribute('data-covered') || !!document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"], [role="listbox"][data-state="open"]')
}

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || composing(event)) return
  const withControl = event.ctrlKey || event.metaKey
  if (!withControl && (inField(event.target) || event.altKey)) return
  if (covered() && !withControl) return
  const before = Date.now() - firstAt < 1200 ? first : ''
  first = ''
  const name = meaning(event, before)
  const act = name && acts.get(name)?.at(-1)
  if (act) {
    event.preventDefault()
    act(event)
  } else if (!withControl && Object.values(keys.value).some((one) => one.startsWith(`${written(event)} `))) {
    first = written(event)
    firstAt = Date.now()
  }
})
