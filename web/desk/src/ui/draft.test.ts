import { expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { ApiError } from '@/api/client'
import { useDraft } from './draft'

vi.mock('@/app/i18n', () => ({ i18n: { global: { t: (key: string) => key } }, currentLanguage: () => 'zh-CN' }))

function form(write: (draft: { name: string }) => Promise<unknown>) {
  const source = ref({ name: 'a' })
  const made = effectScope().run(() => useDraft(() => source.value, write))
  if (!made) throw new Error('no scope')
  return { source, ...made }
}

test('follows the server until edited, then keeps what is typed', async () => {
  const { source, draft, dirty } = form(async () => undefined)
  source.value = { name: 'b' }
  await nextTick()
  expect(draft.value).toEqual({ name: 'b' })
  draft.value!.name = 'mine'
  source.value = { name: 'c' }
  await nextTick()
  expect(draft.value).toEqual({ name: 'mine' })
  expect(dirty.value).toBe(true)
})

test('saving makes it clean; a stale write is a conflict and loses nothing', async () => {
  let stale = true
  const { draft, dirty, conflict, save, message } = form(async () => { if (stale) throw new ApiError(409, 'knowledge.stale', 'stale') })
  draft.value!.name = 'mine'
  expect(await save()).toBe(false)
  expect(conflict.value).toBe(true)
  expect(message.value).toBeNull()
  expect(draft.value!.name).toBe('mine')
  stale = false
  expect(await save()).toBe(true)
  expect(dirty.value).toBe(false)
})

test('a refused field has its words under it', async () => {
  const { draft, save, wrong, conflict, message } = form(async () => { throw new ApiError(409, 'accounts.slug_taken', 'taken', '', { slug: 'taken' }) })
  draft.value!.name = 'x'
  await save()
  expect(wrong('slug')).toBe('taken')
  expect(wrong('name')).toBeNull()
  expect(conflict.value).toBe(false)
  expect(message.value).toBe('taken')
})
