/** My presence and the work I am offered, kept true by the live socket. */
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import type { ConversationRow, Frame, Offer, Presence, PresenceState } from '@/api/types'
import { sayFailure } from '@/app/failures'
import { i18n } from '@/app/i18n'
import { connection, onFrame } from '@/app/live'
import { notice } from '@/app/notices'
import { myId } from '@/app/session'
import { sound } from '@/app/sounds'

export const presence = shallowRef<Presence | null>(null)
export const changing = ref(false)
export const offers = computed(() => presence.value?.offers ?? [])
let timer = 0
let ring = 0

/** Start to follow; `open` shows the conversation of an accepted offer. */
export function followPresence(open: (id: string) => void): () => void {
  void ask()
  return onFrame((frame) => hear(frame, open))
}

function hear(frame: Frame, open: (id: string) => void): void {
  if (frame.t === 'hello') {
    if (frame.presence?.offers) accept(frame.presence, open)
    else askSoon(open)
  }
  if (frame.t === 'resync') askSoon(open)
  if (frame.t !== 'facts') return
  const mine = frame.facts.some((fact) => fact.agent_id === myId() || fact.payload?.agent_id === myId() || fact.payload?.from_agent_id === myId())
  const offered = frame.facts.some((fact) => offers.value.some((offer) => offer.conversation_id === fact.conversation_id))
  if (mine || offered) askSoon(open)
}

function askSoon(open?: (id: string) => void): void {
  clearTimeout(timer)
  timer = window.setTimeout(() => void ask(open), 60)
}

async function ask(open?: (id: string) => void): Promise<void> {
  const found = await api.get<Presence>('/presence/me').catch(() => null)
  if (found) accept(found, open)
}

function accept(found: Presence, open?: (id: string) => void): void {
  const known = new Set(offers.value.map((offer) => `${offer.leg_id}.${offer.offer}`))
  const fresh = found.offers.filter((offer) => !known.has(`${offer.leg_id}.${offer.offer}`))
  presence.value = found
  if (fresh.length) {
    sound('offer')
    for (const offer of fresh) notice(i18n.global.t('routing.offer_notice'), offer.row.customer.name, offer.leg_id, () => open?.(offer.conversation_id))
  }
  clearInterval(ring)
  if (found.offers.length) ring = window.setInterval(() => (offers.value.length ? sound('offer') : clearInterval(ring)), 5000)
}

export async function setPresence(state: Extract<PresenceState, 'ready' | 'break' | 'offline'>, reason?: string): Promise<void> {
  changing.value = true
  try {
    await api.put<Presence | undefined>('/presence/me', { state, reason: reason ?? null })
    await ask()
  } catch (error) {
    sayFailure(i18n.global.t('routing.presence_failed'), error)
  } finally {
    changing.value = false
  }
}

function forget(offer: Offer): void {
  if (presence.value) presence.value = { ...presence.value, offers: offers.value.filter((one) => one.leg_id !== offer.leg_id) }
}

/** Take the offered work; the row is what the server answers, null when it was too late. */
export async function acceptOffer(offer: Offer): Promise<ConversationRow | null> {
  forget(offer)
  try {
    return (await api.post<ConversationRow | undefined>(`/offers/${offer.leg_id}/acceptances`, { offer: offer.offer })) ?? offer.row
  } catch (error) {
    sayFailure(i18n.global.t('routing.accept_failed'), error)
    return null
  } finally {
    askSoon()
  }
}

export async function refuseOffer(offer: Offer): Promise<void> {
  forget(offer)
  try {
    await api.post(`/offers/${offer.leg_id}/refusals`, { offer: offer.offer })
  } catch (error) {
    sayFailure(i18n.global.t('routing.refuse_failed'), error)
  } finally {
    askSoon()
  }
}

export const reachable = computed(() => connection.open)
