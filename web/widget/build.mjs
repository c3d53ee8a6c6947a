// Builds the launcher and the panel to ../dist/widget. The launcher, what tells who is on
// the site, and the bubble of an invitation keep their names, for they are called from other people's
// pages; everything else is named by its
// content and may be cached for ever.
import { build, context, transform } from 'esbuild'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const root = new URL('.', import.meta.url).pathname
const out = new URL('../dist/widget/', import.meta.url).pathname
const shared = {
  bundle: true,
  minify: true,
  target: ['es2021'],
  legalComments: 'none',
  charset: 'utf8',
  supported: { 'class-field': true },
  absWorkingDir: root,
  logLevel: 'warning',
}

/** The page names the files that are needed at once: the entry, what it imports, the styles. */
const page = {
  name: 'page',
  setup(builder) {
    builder.onEnd(({ metafile, errors }) => {
      if (errors.length) return
      const [entry, made] = Object.entries(metafile.outputs).find(
        ([, output]) => output.entryPoint === 'src/panel/main.tsx',
      )
      const now = made.imports.filter((i) => i.kind === 'import-statement').map((i) => i.path)
      const address = (file) => `/widget-assets/${basename(file)}`
      const head = [
        `<link rel="stylesheet" href="${address(made.cssBundle)}" />`,
        ...now.map((file) => `<link rel="modulepreload" href="${address(file)}" />`),
        `<script type="module" src="${address(entry)}"></script>`,
      ]
      const html = readFileSync(`${root}src/panel/panel.html`, 'utf8')
      writeFileSync(`${out}panel.html`, html.replace('<!-- assets -->', head.join('\n    ')))
    })
  },
}

// Names of our own classes that no server answer and no browser interface uses: made short. Never a
// name that a part exports: what is imported later keeps its name.
const INTERNAL =
  /^(startSession|takeToken|tokenKey|sendPages|notice(State|New)|catchUp|schedulePoll|showUnread|uploadFiles|set(Thread|Open|Large|Sound|Language)|readTimer|typedAt|reported|askPerson|startAgain|flushing|listeners|drain|heardAt|attempt|hearing|seeing|startAnew|renew|visit|thread|writing|uploads|pending|isForeign|emptyThread)$/

/** rest.css and blocks.css travel inside the scripts that need them. */
const styleText = {
  name: 'style-text',
  setup(builder) {
    builder.onLoad({ filter: /(rest|blocks)\.css$/ }, async ({ path }) => {
      const made = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true })
      return { contents: made.code.trim(), loader: 'text' }
    })
  },
}

const parts = [
  {
    ...shared,
    entryPoints: ['src/launcher/launcher.ts'],
    outfile: `${out}widget.js`,
    format: 'iife',
  },
  {
    ...shared,
    entryPoints: ['src/launcher/here.ts'],
    outfile: `${out}widget-here.js`,
    format: 'iife',
  },
  {
    ...shared,
    entryPoints: ['src/launcher/bubble.ts'],
    outfile: `${out}widget-invite.js`,
    format: 'esm',
  },
  {
    ...shared,
    entryPoints: { panel: 'src/panel/main.tsx' },
    outdir: out,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    mangleProps: INTERNAL,
    plugins: [page, styleText],
  },
]

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
if (process.argv.includes('--watch')) for (const part of parts) await (await context(part)).watch()
else await Promise.all(parts.map((part) => build(part)))
