/** Who is signed in, what they may do, and how they like their desk. */
import { computed, reactive, shallowRef } from 'vue'
import { api, ApiError, onSignedOut } from '@/api/client'
import type { Me, NextStep, Preferences } from '@/api/types'
import { languages, useLanguage, type Language } from './i18n'
import { themeChoice } from './theme'

const me = shallowRef<Me | null>(null)
export const preferences = reactive<Preferences>({})
let asked: Promise<Me | null> | null = null
let timer = 0
let unsaved: Preferences = {}

export function useSession() {
  return { me, member: computed(() => me.value?.member ?? null), may, preferences }
}

export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false
}

/** Take what the server says of me after a change of mine; preferences stay as they are here. */
export function renew(found: Me): void {
  me.value = found
}

/** Ask again what I may do: somebody may have changed it. Without an answer all stays as it is. */
export async function askAgain(): Promise<void> {
  await api.get<Me>('/session').then(renew).catch(() => undefined)
}

/** The help centre is the house's own: where several share an installation, `/help` alone is another's. */
export function helpAddress(path: string): string {
  const house = me.value?.organisation.id
  return house ? path.replace(/^\/help(?=[/?#]|$)/, `/help/o/${house}`) : path
}

/** My id; empty before sign-in. */
export function myId(): string {
  return me.value?.member.id ?? ''
}

/** Ask the server once who this browser is. */
export function restore(): Promise<Me | null> {
  asked ??= api.get<Me>('/session').then(accept).catch((error: unknown) => {
    asked = null
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null
    throw error
  })
  return asked
}

export async function signIn(login: string, password: string): Promise<NextStep | null> {
  return entered(await api.post<Me | NextStep>('/session', { login, password }))
}

/** Take a session, or give back the second step that is still to come before there is one. */
export async function entered(found: Me | NextStep): Promise<NextStep | null> {
  if ('token' in found) return found
  await accept(found)
  asked = Promise.resolve(me.value)
  return null
}

/** Take a Me that another call (set-up, invitation) answered with, if it did. */
export async function accept(found: Me): Promise<Me> {
  me.value = found
  for (const key of Object.keys(preferences)) delete (preferences as Record<string, unknown>)[key]
  Object.assign(preferences, found.preferences)
  if (preferences.theme) themeChoice.value = preferences.theme
  await useLanguage(spoken(preferences.language ?? found.member.language))
  return found
}

export async function signOut(): Promise<void> {
  const way = await api.post<{ url: string }>('/session/endings').catch(() => undefined)
  forget()
  // A full load, so that nothing of this person stays in memory; over the provider, where the house wants that.
  location.assign(way?.url ?? '/desk/login')
}

function forget(): void {
  me.value = null
  asked = null
}
onSignedOut(() => {
  if (!me.value) return
  forget()
  location.assign(`/desk/login?next=${encodeURIComponent(location.pathname)}`)
})

export function spoken(language: string | undefined): Language {
  return languages.find((one) => one === language) ?? (language?.startsWith('en') ? 'en' : 'zh-CN')
}

/** Change a preference here at once and on the server a moment later. */
export function prefer(changed: Preferences): void {
  Object.assign(preferences, changed)
  if (changed.theme) themeChoice.value = changed.theme
  if (changed.language) void useLanguage(spoken(changed.language))
  if (!me.value) return
  unsaved = { ...unsaved, ...changed }
  clearTimeout(timer)
  timer = window.setTimeout(() => {
    void api.patch('/session/preferences', unsaved).catch(() => undefined)
    unsaved = {}
  }, 400)
}
