/** The license texts beside the bundle, for which `npm run build` makes `dist/licenses.txt`. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { licensesOf } from '../../scripts/licenses.js'
import { cratesIn } from '../../scripts/wasm-crates.js'
import { ROOT } from '../support/action.js'

const folder = await mkdtemp(join(tmpdir(), 'licenses-'))
afterAll(() => rm(folder, { recursive: true }))

async function install(path: string, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const at = join(folder, 'node_modules', path)
  await mkdir(at, { recursive: true })
  const about = { 'package.json': JSON.stringify({ name, version: '1.2.3', license: 'ISC' }) }
  for (const [file, text] of Object.entries({ ...about, ...files })) await writeFile(join(at, file), text)
  return join(at, 'lib', 'index.js')
}

/** What esbuild tells of a bundle of these files, each with the bytes that are left of it. */
function bundleOf(files: Readonly<Record<string, number>>): Metafile {
  const inputs = Object.fromEntries(Object.entries(files).map(([path, bytesInOutput]) => [path, { bytesInOutput }]))
  return { inputs: {}, outputs: { 'dist/index.js': { bytes: 0, imports: [], exports: [], inputs } } }
}

test('the texts of all packages that are left in the bundle, nested ones and several files of one included', async () => {
  const outer = await install('outer', 'outer', { LICENSE: 'Outer.\r\n', NOTICE: 'Note.\n' })
  const inner = await install('outer/node_modules/@of/inner', '@of/inner', { 'license.md': 'Inner.\n' })
  const dropped = await install('dropped', 'dropped', {})
  expect(await licensesOf(bundleOf({ 'src/index.ts': 1, [outer]: 1, [inner]: 1, [dropped]: 0 }))).toBe(
    [
      'What is bundled here besides conda-lock-sync itself, each under its own license.\n',
      '==== @of/inner 1.2.3 (ISC)\n\nInner.\n',
      '==== outer 1.2.3 (ISC)\n\nOuter.\n\nNote.\n'
    ].join('\n')
  )
})

test('a package without a text is named, and where to add it', async () => {
  const bare = await install('@of/bare', '@of/bare', { 'README.md': 'License: ISC' })
  await expect(licensesOf(bundleOf({ [bare]: 1 }))).rejects.toThrow(
    /^@of\/bare 1\.2\.3 is bundled and has no license file: add its text \(ISC\) as .*@of__bare\.txt$/
  )
})

test('every crate that the WebAssembly of rattler names is in the list of its licenses, in that version', async () => {
  const wasm = await readFile(join(ROOT, 'node_modules', '@conda-org', 'rattler', 'dist', 'js_rattler_bg.wasm'))
  const list = await readFile(join(ROOT, 'scripts', 'licenses', '@conda-org__rattler.crates.txt'), 'utf8')
  const crates = cratesIn(wasm)
  expect(crates.length).toBeGreaterThan(50)
  expect(crates.filter(({ name, version }) => !list.includes(`\n${name} ${version} (`))).toEqual([])
})
