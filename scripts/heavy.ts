import type { Metafile } from 'esbuild'

/** Kilobytes from which on a dependency has to be worth its place in `dist/`. */
const HEAVY = 100

/**
 * Every dependency of more than 100 kB in `dist/`, with what it is there for: `npm run build`, and so CI, fails when one is
 * not listed, or when one that is listed is gone.
 */
const REASONS: Readonly<Record<string, string>> = {
  '@azure/storage-blob': 'of @actions/cache: uploads to the cache service; loaded only where there is one',
  '@azure/storage-common': 'of @actions/cache, as above',
  '@protobuf-ts/runtime': 'of @actions/cache, as above',
  '@actions/cache': 'keeps toolchain and repodata between runs; loaded only where there is a cache service',
  '@conda-org/rattler': "conda's own order of versions, as WebAssembly; loaded only to compare two locks",
  undici: 'of @actions/http-client: requests through a proxy',
  yaml: 'environment files with the line of every spec, for annotations'
}

/** Bytes by package, in all of `dist/`. */
function bytesByPackage({ outputs }: Metafile): Map<string, number> {
  const bytes = new Map<string, number>()
  for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap(output => Object.entries(output.inputs))) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]
    if (name !== undefined) bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput)
  }
  return bytes
}

/**
 * @param files bytes by package of what lies in `dist/` beside the bundle
 * @throws Error that names the dependency that is not listed, or listed in vain
 */
export function checkHeavy(metafile: Metafile, files: Readonly<Record<string, number>>): void {
  const bytes = bytesByPackage(metafile)
  for (const [name, more] of Object.entries(files)) bytes.set(name, (bytes.get(name) ?? 0) + more)
  const heavy = [...bytes].filter(([, size]) => size > HEAVY * 1000)
  for (const [name, size] of heavy) {
    if (!(name in REASONS))
      throw new Error(`dist/ has ${size} bytes of ${name}: say in scripts/heavy.ts what for, or drop it`)
  }
  const gone = Object.keys(REASONS).find(name => heavy.every(([other]) => other !== name))
  if (gone !== undefined)
    throw new Error(`dist/ has no more than ${HEAVY} kB of ${gone}: take it out of scripts/heavy.ts`)
}
