import type { RouteRecordRaw } from 'vue-router'

export interface Routes { routes: RouteRecordRaw[] }

/** The pages of files found by their names, each with the words of its own folder. */
export function pagesOf(files: Record<string, Routes>): RouteRecordRaw[] {
  return Object.entries(files).flatMap(([file, { routes }]) => {
    const own = /contexts\/(.+)\/routes/.exec(file)?.[1] as string
    return routes.map((route) => ({ ...route, meta: { ...route.meta, words: [own, ...(route.meta?.words ?? [])] } }) as RouteRecordRaw)
  })
}
