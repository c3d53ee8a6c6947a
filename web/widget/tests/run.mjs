// Bundles every *.test.ts and runs them with Node's own test runner; then the browser's tests,
// where there is a Chromium (PEAKEND_CHROMIUM, or on PATH).
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = new URL('.', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'widget-tests-'))
const names = readdirSync(here).filter((name) => name.endsWith('.test.ts'))
await build({
  entryPoints: names.map((name) => here + name),
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
})
const files = [
  ...names.map((name) => join(folder, name.replace('.ts', '.mjs'))),
  ...readdirSync(here)
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => here + name),
]
// A browser that no longer answers ends its test, and in the end the whole run.
const bounds = { stdio: 'inherit', timeout: 240_000, killSignal: 'SIGKILL' }
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], bounds)
rmSync(folder, { recursive: true, force: true })
process.exit(run.status ?? 1)
