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
    placeholderData: (old: T | undefined) => old as never,
  })
  return {
    found: computed(() => query.data.value as T | undefined),
    loading: computed(() => query.isPending.value && toValue(options.enabled ?? true)),
    // What is shown already stays when a refresh fails.
    error: computed(() => (query.data.value === undefined ? query.error.value : null)),
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
