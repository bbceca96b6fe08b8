/**
 * Writes the licences of the Rust crates in the WebAssembly of @conda-org/rattler, which its npm package does not tell, from the
 * crates themselves: `npx tsx scripts/crates.ts`, after an update of that package. It needs cargo.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { cratesIn, type Crate } from './wasm-crates.js'

/** Its own crates, by the version of that time; the WebAssembly has only their paths in the repository. */
const OWN = [
  'rattler_solve = { version = "=3.1.0", default-features = false, features = ["resolvo"] }',
  'rattler_repodata_gateway = { version = "*", features = ["gateway"] }'
]
const TARGET = join(import.meta.dirname, 'licenses', '@conda-org__rattler.crates.txt')

const METADATA = z.object({
  packages: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      version: z.string(),
      license: z
        .string()
        .nullable()
        .transform(name => name ?? 'see its text'),
      authors: z.array(z.string()),
      manifest_path: z.string(),
      targets: z.array(z.object({ kind: z.array(z.string()) }))
    })
  ),
  resolve: z.object({
    root: z.string(),
    nodes: z.array(
      z.object({
        id: z.string(),
        deps: z.array(z.object({ pkg: z.string(), dep_kinds: z.array(z.object({ kind: z.string().nullable() })) }))
      })
    )
  })
})

type Metadata = z.infer<typeof METADATA>
type Package = Metadata['packages'][number]

/** What cargo makes of these crates and all that they need for WebAssembly. */
async function resolve(crates: readonly Crate[]): Promise<Metadata> {
  const folder = await mkdtemp(join(tmpdir(), 'crates-'))
  const pins = crates.map(({ name, version }) => {
    const key = `${name}-${version.replaceAll(/[.+]/g, '_')}`
    return `${key} = { package = "${name}", version = "=${version}", default-features = false }`
  })
  const about = '[package]\nname = "crates"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n'
  try {
    await mkdir(join(folder, 'src'))
    await writeFile(join(folder, 'src', 'lib.rs'), '')
    await writeFile(join(folder, 'Cargo.toml'), `${about}${[...OWN, ...pins].join('\n')}\n`)
    const args = ['metadata', '--filter-platform', 'wasm32-unknown-unknown', '--format-version', '1']
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 } as const
    return METADATA.parse(JSON.parse(execFileSync('cargo', args, options)))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What can be in a program: neither what builds it, nor what writes a part of it at that time. */
function linked({ packages, resolve: { root, nodes } }: Metadata): Package[] {
  const byId = new Map(packages.map(each => [each.id, each]))
  const needs = new Map(nodes.map(({ id, deps }) => [id, deps]))
  const found = new Map<string, Package>()
  const visit = (id: string) => {
    for (const { pkg, dep_kinds: kinds } of needs.get(id) ?? []) {
      const needed = byId.get(pkg)
      const isLinked = kinds.some(({ kind }) => kind === null)
      const isMacro = needed?.targets.some(({ kind }) => kind.includes('proc-macro'))
      if (needed === undefined || !isLinked || isMacro === true || found.has(pkg)) continue
      found.set(pkg, needed)
      visit(pkg)
    }
  }
  visit(root)
  return [...found.values()].toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
}

function nameOf({ name, version, license }: Package): string {
  return `${name} ${version} (${license})`
}

/** The texts in the crate: of several licenses to choose from, MIT's alone. */
async function textsOf({ license, authors, manifest_path: manifest }: Package): Promise<string[]> {
  const folder = dirname(manifest)
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && /^(?:licen[cs]e|copying|notice|copyright)/i.test(entry.name))
  const names = files.map(({ name }) => name).sort()
  const mit = /\bor\b|\//i.test(license) && !/\band\b/i.test(license) ? names.filter(name => /mit/i.test(name)) : []
  const chosen = mit.length > 0 ? mit : names
  if (chosen.length === 0)
    return [`The crate has no text of its own. By ${authors.join(', ') || 'authors whom it does not name'}.`]
  const texts = await Promise.all(chosen.map(name => readFile(join(folder, name), 'utf8')))
  return texts.map(text => text.replaceAll('\r\n', '\n').trim())
}

const rattler = createRequire(import.meta.url).resolve('@conda-org/rattler')
const seen = cratesIn(await readFile(join(dirname(rattler), 'js_rattler_bg.wasm')))
const crates = linked(await resolve(seen))
const byText = new Map<string, string[]>()
for (const crate of crates) {
  for (const text of await textsOf(crate)) byText.set(text, [...(byText.get(text) ?? []), nameOf(crate)])
}
const parts = [
  'Its WebAssembly is made of Rust crates. Those that it names, and all that they need as cargo resolves it, so that some may not be in it:\n',
  `${['the standard library of Rust (MIT OR Apache-2.0)', ...crates.map(nameOf)].join('\n')}\n`,
  ...[...byText].map(([text, names]) => `---- ${names.join(', ')}\n\n${text}\n`)
]
await writeFile(TARGET, parts.join('\n'))
