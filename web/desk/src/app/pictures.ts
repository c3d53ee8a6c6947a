/** Members' pictures by id, loaded once when the first one is asked for. */
import { shallowReactive } from 'vue'
import { api } from '@/api/client'
import type { Shapes } from '@/api/types'
import { onFrame } from './live'

const pictures = shallowReactive(new Map<string, string>())
let asked = false

export function pictureOf(member: string | null | undefined): string | null {
  if (!asked) {
    asked = true
    void load()
    onFrame((frame) => { if (frame.t === 'resync' || (frame.t === 'facts' && frame.facts.some((fact) => fact.type === 'MemberChanged'))) void load() })
  }
  return (member && pictures.get(member)) || null
}

async function load(): Promise<void> {
  const members = await api.get<Shapes['MemberView'][]>('/members').catch(() => null)
  for (const one of members ?? []) {
    if (one.avatar_url) pictures.set(one.id, one.avatar_url)
    else pictures.delete(one.id)
  }
}
