/** Light, dark or as the system says. */
import { computed, ref, watchEffect } from 'vue'

export type ThemeChoice = 'light' | 'dark' | 'system'

const dark = matchMedia('(prefers-color-scheme: dark)')
const systemDark = ref(dark.matches)
dark.addEventListener('change', () => (systemDark.value = dark.matches))

export const themeChoice = ref<ThemeChoice>((localStorage.getItem('peakend.theme') as ThemeChoice | null) ?? 'system')
export const theme = computed(() => (themeChoice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : themeChoice.value))

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  localStorage.setItem('peakend.theme', themeChoice.value)
})
