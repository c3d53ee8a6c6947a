/// <reference types="vitest/config" />
import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = process.env.PEAKEND_SERVER ?? 'http://127.0.0.1:8080'

// The shell and the inbox bring these with them: parts that they import need not name them again.
const BROUGHT = new RegExp(
  '/(vue|rolldown-runtime|icons|rail|index|i18n|client|theme|live|clock|dates|failures|match|ime|utils|' +
    'conversations|routing|useLists|systemText|ChannelIcon|Tag|Badge|EmptyState|Skeleton|NoPermission|' +
    'keys|store|written|automation|customerQuery|Avatar|Elapsed|Presence|kinds|duration|' +
    'dist|virtual|Menu|Popover|PopperContent|Primitive|usePrimitiveElement|Teleport|Tabs|Collection|' +
    'RovingFocusGroup|floating-ui\\.dom)-[\\w-]{8}\\.js$',
)

function preloads(_: string, deps: string[], { hostId, hostType }: { hostId: string; hostType: 'html' | 'js' }) {
  const first = hostType === 'html' || /\/index-/.test(hostId)
  return first ? deps : deps.filter((one) => !BROUGHT.test(one))
}

export default defineConfig({
  base: '/desk/',
  plugins: [vue(), tailwindcss()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_OPTIONS_API__: false,
  },
  resolve: {
    alias: {
      '@': resolve(import.meta.dirname, 'src'),
      // The messages are compiled by src/app/icu.ts, so vue-i18n's own compiler stays out.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs',
      '@intlify/message-compiler': resolve(import.meta.dirname, 'src/app/withoutCompiler.ts'),
    },
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false, resolveDependencies: preloads },
    outDir: '../dist/desk',
    emptyOutDir: true,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/ },
            { name: 'icons', test: /node_modules[\\/]lucide-vue-next[\\/]/, minShareCount: 4 },
            // These stand in the rail and in the menu of one's own account.
            { name: 'rail', test: /lucide-vue-next[\\/]dist[\\/]esm[\\/]icons[\\/](life-buoy|users|languages|log-out|at-sign)\.js$/ },
            { name: 'words-zh', test: /(ui|app|conversations|customers|routing|assist)[\\/]words\.zh-CN\.json$/ },
            { name: 'words-en', test: /(ui|app|conversations|customers|routing|assist)[\\/]words\.en\.json$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/files': { target: server },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
})
