import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { api, ApiError } from '@/api/client'
import { i18n, needWords } from '@/app/i18n'
import { useProof } from './useProof'

// What comes late in the desk is here already.
beforeAll(async () => { await Promise.all([import('./ProofDialog.vue'), needWords('ui', 'accounts/proof', 'accounts/passkeys')]) }, 30_000)
afterEach(() => vi.restoreAllMocks())
const needed = () => new ApiError(403, 'accounts.proof_needed', 'who?')

function desk() {
  let proven!: ReturnType<typeof useProof>['proven']
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  mount(defineComponent({ setup: () => { ({ proven } = useProof()); return () => h('i') } }), { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
  vi.spyOn(api, 'get').mockResolvedValue([])
  return proven
}
const dialog = () => document.querySelector('[role=dialog]')
async function shown() {
  await vi.waitFor(() => expect(dialog()).not.toBeNull())
  await flushPromises()
}

it('sends the same act again after the password, and asks once for two acts', async () => {
  const proven = desk()
  const post = vi.spyOn(api, 'post').mockResolvedValue(undefined)
  let open = false
  const act = vi.fn((key: string) => (open ? Promise.resolve(key) : Promise.reject(needed())))
  const both = Promise.all([proven(() => act('key-1')), proven(() => act('key-2'))])
  await shown()
  expect(document.querySelectorAll('[role=dialog]')).toHaveLength(1)
  const field = document.querySelector('input[type=password]') as HTMLInputElement
  field.value = 'right'
  field.dispatchEvent(new Event('input'))
  open = true
  ;(document.querySelector('form') as HTMLFormElement).dispatchEvent(new Event('submit', { cancelable: true }))
  expect(await both).toEqual(['key-1', 'key-2'])
  expect(post).toHaveBeenCalledWith('/session/proofs', { password: 'right' })
  expect(act.mock.calls.map(([key]) => key)).toEqual(['key-1', 'key-2', 'key-1', 'key-2'])
  expect(dialog()).toBeNull()
})

it('sends nothing where the dialog is left, and lets other refusals through', async () => {
  const proven = desk()
  const act = vi.fn(() => Promise.reject(needed()))
  const tried = proven(act).catch((error: ApiError) => error.code)
  await shown()
  ;[...document.querySelectorAll('button')].find((one) => one.textContent?.includes(i18n.global.t('ui.cancel')))?.click()
  expect(await tried).toBe('accounts.proof_needed')
  expect(act).toHaveBeenCalledTimes(1)
  await expect(proven(() => Promise.reject(new ApiError(403, 'kernel.refused', 'no')))).rejects.toThrow('no')
  expect(dialog()).toBeNull()
})
