import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { format, resolveConfig } from 'prettier'
import { actionYml } from './action-yml.js'
import { checkHeavy } from './heavy.js'
import { licensesOf } from './licenses.js'
import { settingsSchema } from './settings-schema.js'
import { withTables } from './tables.js'

// undici reads HTTP with WebAssembly. To optimize that takes V8 longer than all that a run has to read (70 of 330 ms of CPU).
// What is CommonJS among the dependencies expects the other names, which an ES module does not have.
const BANNER = `import { setFlagsFromString as __setV8Flags } from 'node:v8'
__setV8Flags('--liftoff-only')
import { createRequire as __createRequire } from 'node:module'
import { dirname as __dirnameOf } from 'node:path'
import { fileURLToPath as __fileURLToPath } from 'node:url'
const require = __createRequire(import.meta.url)
const __bundledFilename = __fileURLToPath(import.meta.url)
const __bundledDirname = __dirnameOf(__bundledFilename)`

const rattler = createRequire(import.meta.url).resolve('@conda-org/rattler')

await rm('dist', { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: ['src/index.ts', 'src/cli.ts', 'src/cache.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // The ES module of rattler holds its WebAssembly as text; the CommonJS one reads the file beside it, which is smaller.
  alias: { '@conda-org/rattler': rattler },
  // Only where nothing else has these names: some modules declare them themselves.
  define: { __filename: '__bundledFilename', __dirname: '__bundledDirname' },
  banner: { js: BANNER },
  legalComments: 'linked',
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
  metafile: true
})
const wasm = join(dirname(rattler), 'js_rattler_bg.wasm')
await copyFile(wasm, 'dist/js_rattler_bg.wasm')
checkHeavy(metafile, { '@conda-org/rattler': (await stat(wasm)).size })
await writeFile('dist/licenses.txt', await licensesOf(metafile))
await writeFile('dist/package.json', '{ "type": "module" }\n')
await writeFile('action.yml', actionYml())
await writeFile('settings.schema.json', settingsSchema())
for (const name of (await readdir('docs')).filter(each => each.endsWith('.md'))) {
  const path = join('docs', name)
  const page = await readFile(path, 'utf8')
  const made = withTables(page)
  if (made !== page) await writeFile(path, await format(made, { ...(await resolveConfig(path)), filepath: path }))
}
