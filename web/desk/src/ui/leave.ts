import { onMounted, onUnmounted } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { i18n } from '@/app/i18n'

/** Ask before the page is left with unsaved changes. */
export function useLeaveGuard(dirty: () => boolean): void {
  const stay = (event: BeforeUnloadEvent) => { if (dirty()) event.preventDefault() }
  onMounted(() => addEventListener('beforeunload', stay))
  onUnmounted(() => removeEventListener('beforeunload', stay))
  onBeforeRouteLeave(() => !dirty() || window.confirm(i18n.global.t('ui.discard_hint')))
}
