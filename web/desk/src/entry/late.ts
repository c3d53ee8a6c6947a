/** Addresses of sections that most people do not open at once. */
import { pagesOf, type Routes } from './pagesOf'

export const latePages = pagesOf(import.meta.glob<Routes>(['../contexts/*/admin/routes.ts', '../contexts/{cases,complaints}/routes.ts'], { eager: true }))
