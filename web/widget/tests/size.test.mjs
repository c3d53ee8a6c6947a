// The budgets that a customer's telephone pays for.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import test from 'node:test'
import { gzipSync } from 'node:zlib'

const built = new URL('../../dist/widget/', import.meta.url)
const read = (name) => readFileSync(new URL(name, built), 'utf8')
const zipped = (name) => gzipSync(readFileSync(new URL(name, built)), { level: 9 }).length

test('the launcher is at most 2 KB', () => {
  assert.ok(zipped('widget.js') <= 2048, `${zipped('widget.js')} bytes`)
})

test('what the panel needs to open is at most 20 KB', () => {
  const page = readFileSync(new URL('panel.html', built), 'utf8')
  const now = [...page.matchAll(/\/widget-assets\/([\w.-]+)/g)].map(([, name]) => name)
  // Of the two files of words the first one is said first.
  const words = readdirSync(built).find(
    (name) => name.startsWith('words.zh-CN') && read(name).includes('load.gone'),
  )
  const sizes = Object.fromEntries([...new Set(now), words].map((name) => [name, zipped(name)]))
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0)
  assert.ok(total <= 20480, `${total} bytes: ${JSON.stringify(sizes)}`)
})
