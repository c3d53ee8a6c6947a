/** A copy of what the server has, to be edited: what changed, what is wrong with it, and whether somebody was faster. */
import { computed, ref, watch, type Ref } from 'vue'
import { ApiError } from '@/api/client'
import { i18n } from '@/app/i18n'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

export function useDraft<T extends object>(source: () => T | undefined, write: (draft: T) => Promise<unknown>) {
  const draft = ref<T>() as Ref<T | undefined>
  const base = ref('')
  const busy = ref(false)
  const failure = ref<ApiError | null>(null)
  const dirty = computed(() => draft.value !== undefined && JSON.stringify(draft.value) !== base.value)
  // Other refusals with 409 (a name that is taken) are said beside the save button.
  const conflict = computed(() => failure.value?.status === 409 && /stale|conflict|changed/.test(failure.value.code))

  function take(fresh: T): void {
    draft.value = copy(fresh)
    base.value = JSON.stringify(draft.value)
    failure.value = null
  }
  // A refresh behind an edited form must not wipe what is being typed.
  watch(source, (fresh) => { if (fresh && !dirty.value) take(fresh) }, { immediate: true })

  function reset(): void {
    const fresh = source()
    if (fresh) take(fresh)
  }

  async function save(): Promise<boolean> {
    if (!draft.value || busy.value) return false
    busy.value = true
    failure.value = null
    try {
      await write(draft.value)
      base.value = JSON.stringify(draft.value)
      return true
    } catch (error) {
      failure.value = error instanceof ApiError ? error : new ApiError(0, 'app.unexpected', String(error))
      return false
    } finally {
      busy.value = false
    }
  }

  /** The words under a field that the server refused. */
  function wrong(...names: string[]): string | null {
    const fields = failure.value?.fields ?? {}
    return names.some((name) => name in fields) ? (failure.value?.message ?? null) : null
  }
  const message = computed(() => {
    if (!failure.value || conflict.value) return null
    return failure.value.status === 0 ? i18n.global.t('app.no_network') : failure.value.message
  })
  return { draft, dirty, busy, failure, conflict, message, save, reset, take, wrong }
}
