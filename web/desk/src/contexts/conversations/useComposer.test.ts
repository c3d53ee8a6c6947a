import { createPinia, setActivePinia } from 'pinia'
import { expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { api } from '@/api/client'
import type { Conversation, ConversationRow } from '@/api/types'
import { useConversations } from './store'
import { useComposer } from './useComposer'

const found = { id: 'c1', version: 1, last_seq: 0, state: 'serving', messages: { items: [] }, drafts: [{ text: '写到一半', kind: 'agent' }, { text: '备注', kind: 'note' }] } as unknown as Conversation

it('shows what was half written also when the conversation was here before the composer', async () => {
  setActivePinia(createPinia())
  vi.spyOn(api, 'get').mockResolvedValue(found)
  await useConversations().prepare(['c1'])
  const made = effectScope().run(() => useComposer(ref(found as unknown as ConversationRow), () => undefined))
  expect([made?.kind.value, made?.text.value]).toEqual(['note', '备注'])
})
