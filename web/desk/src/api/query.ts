/** Server state through the query cache: what is read, page after page, and what is written. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { api, ApiError } from '@/api/client'
import type { Page, PathOf } from '@/api/types'

type Values = Record<string, string | number | boolean | null | undefined>

/** Read one address; the cache key is the address, so that `useRefresh` finds it. */
export function useGet<T>(path: MaybeRefOrGetter<PathOf<'get'>>, values: MaybeRefOrGetter<Values> = {}, options: { every_ms?: number; enabled?: MaybeRefOrGetter<boolean> } = {}) {
  const query = useQuery({
    queryKey: computed(() => [toValue(path), toValue(values)]),
    queryFn: ({ signal }) => api.get<T>(toValue(path), toValue(values), signal),
    enabled: computed(() => toValue(options.enabled ?? true)),
    refetchInterval: options.every_ms,
    // A filter keeps the rows of the last one meanwhile; another thing's content is never shown under this one's name.
    placeholderData: (old: T | undefined, before?: { queryKey: readonly unknown[] }) => (before?.queryKey[0] === toValue(path) ? old : undefined) as never,
  })
  // What is shown already stays when a refresh fails; a failure stays until there is an answer, though it is asked again meanwhile.
  const address = computed(() => JSON.stringify([toValue(path), toValue(values)]))
  const failed = computed<{ of: string; error: Error | null }>((was) => ({
    of: address.value, error: query.data.value === undefined ? query.error.value ?? (was?.of === address.value ? was.error : null) : null,
  }))
  return {
    found: computed(() => query.data.value as T | undefined),
    loading: computed(() => query.isPending.value && toValue(options.enabled ?? true) && !failed.value.error),
    error: computed(() => failed.value.error),
    stale: computed(() => query.isError.value),
    refresh: () => void query.refetch(),
  }
}

/** Read a keyset list; `more` adds the next page. */
export function usePages<T>(path: PathOf<'get'>, values: MaybeRefOrGetter<Values> = {}) {
  const query = useInfiniteQuery({
    queryKey: computed(() => [path, toValue(values), 'pages']),
    queryFn: ({ pageParam, signal }) => api.get<Page<T>>(path, { ...toValue(values), cursor: pageParam as string | null }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<T>) => last.next ?? undefined,
    placeholderData: (old: unknown) => old as never,
  })
  return {
    rows: computed<T[]>(() => (query.data.value as { pages: Page<T>[] } | undefined)?.pages.flatMap((page) => page.items) ?? []),
    next: computed(() => (query.hasNextPage.value ? 'more' : null)),
    loading: computed(() => query.isPending.value),
    busy: computed(() => query.isFetchingNextPage.value),
    error: computed(() => (query.data.value === undefined ? query.error.value : null)),
    stale: computed(() => query.isError.value),
    more: () => { if (query.hasNextPage.value && !query.isFetchingNextPage.value) void query.fetchNextPage() },
    refresh: () => void query.refetch(),
  }
}

/** Fetch again everything whose address begins with one of these. */
export function useRefresh() {
  const client = useQueryClient()
  return (...paths: string[]) => client.invalidateQueries({ predicate: (query) => paths.some((path) => String(query.queryKey[0]).startsWith(path)) })
}

/** Run one write at a time; `failure` is the last answer that was not a success. */
export function useWrite() {
  const busy = ref(false)
  const failure = ref<ApiError | null>(null)
  async function run<T>(write: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    failure.value = null
    try {
      return await write()
    } catch (error) {
      failure.value = error instanceof ApiError ? error : new ApiError(0, 'app.unexpected', String(error))
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, failure, run }
}
