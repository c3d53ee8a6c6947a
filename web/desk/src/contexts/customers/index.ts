import { defineAsyncComponent } from 'vue'

export { beside, type BesideCard } from './beside'
export { customerQuery } from './customerQuery'

const load = () => import('./parts/CustomerPanel.vue')
export const CustomerPanel = defineAsyncComponent(load)

/** Fetch the panel while nothing else is to do, so that the first conversation opens whole. */
export function prepareCustomerPanel(): void {
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1500))
  idle(() => void load().catch(() => undefined))
}
