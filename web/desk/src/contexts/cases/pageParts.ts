/** What others add to the page of a case, below what happened to it: each gets `item` and may say `changed`. */
import { shallowRef, type Component } from 'vue'

export interface PagePart { name: string; permission: string; component: Component }
export const pageParts = shallowRef<PagePart[]>([])
