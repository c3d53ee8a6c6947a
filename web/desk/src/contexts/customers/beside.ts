/** Cards of contexts above, in the customer panel beside a conversation; the shell joins them when it has started. */
import { shallowRef, type Component } from 'vue'

/** A card gets `row`, the conversation's row; without the permission it is not shown. */
export interface BesideCard { name: string; permission: string; component: Component }
export const beside = shallowRef<BesideCard[]>([])
