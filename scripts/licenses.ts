import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { z } from 'zod'

/**
 * Texts for packages that come without one, from their repositories or after what their package.json says, and `….crates.txt` for
 * what is compiled into them (crates.ts).
 */
const ADDED = join(import.meta.dirname, 'licenses')

const PACKAGE = z.object({ name: z.string(), version: z.string(), license: z.string() })

/** The folders of all packages of which something is in the bundle. */
function bundledPackages({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap(output => Object.entries(output.inputs))
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
  return [...new Set(used.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))]
}

/**
 * The licences of everything that esbuild has put into a bundle, as one text.
 * @throws Error that names a package without one
 */
export async function licensesOf(metafile: Metafile): Promise<string> {
  const parts = await Promise.all(bundledPackages(metafile).map(licenseOf))
  return `What is bundled here besides conda-lock-sync itself, each under its own license.\n\n${parts.sort().join('\n')}`
}

async function licenseOf(folder: string): Promise<string> {
  const { name, version, license } = PACKAGE.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  const own = (await readdir(folder)).filter(file => /^(?:licen[cs]e|copying|notice)/i.test(file)).sort()
  const added = join(ADDED, `${name.replace('/', '__')}.txt`)
  const files = own.length === 0 && existsSync(added) ? [added] : own.map(file => join(folder, file))
  if (files.length === 0) {
    throw new Error(`${name} ${version} is bundled and has no license file: add its text (${license}) as ${added}`)
  }
  const crates = join(ADDED, `${name.replace('/', '__')}.crates.txt`)
  const all = existsSync(crates) ? [...files, crates] : files
  const texts = await Promise.all(all.map(file => readFile(file, 'utf8')))
  const tidy = texts.map(text => text.replaceAll('\r\n', '\n').trim())
  return `==== ${name} ${version} (${license})\n\n${tidy.join('\n\n')}\n`
}
