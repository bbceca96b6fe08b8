import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildChannel, serveDirectory } from '../__tests__/support/channel.js'
import { inputsOf, ownFiles, type Given } from '../__tests__/support/inputs.js'
import { lockPlan } from '../__tests__/support/lock-once.js'
import { SyncError } from '../src/common/errors.js'
import { pypiName } from '../src/environment/pypi-name.js'
import { readLookupTable } from '../src/environment/pypi-lookup.js'
import { makePlan } from '../src/lock/plan.js'
import { isSource, type LockedPackage } from '../src/lockfile/package.js'
import { inScratch } from '../src/runner/scratch.js'

// `npm run sources -- [NAME…]`
//
// Locks packages of the real PyPI for linux-64 and Python 3.12, one by one: as they are, and where that is refused with all of
// them in `build-from-source`. `PIP_INDEX_URL` names another index.

/** Packages of heliophysics that had no wheel when this was written. */
const FIELD = [
  'hapiclient',
  'pysat',
  'apexpy',
  'aacgmv2',
  'igrf',
  'iri2016',
  'OMMBV',
  'geospacepy',
  'hapiplot',
  'pyEphem',
  'hissw'
]

const INDEX = process.env.PIP_INDEX_URL ?? 'https://pypi.org/simple/'
const UPSTREAM = { repository: 'o/r', commit: '0', url: 'https://host.example/o/r', files: [] }

function environment(name: string): string {
  const index = `pip-repositories: ['${INDEX}']\nallow-pypi-requests: false\n`
  return `channels: [conda-forge]\n${index}dependencies:\n  - python=3.12\n  - pip:\n      - ${name}\n`
}

/** Without what conda-lock prints. */
async function lockQuietly(
  name: string,
  alias: string,
  folder: string,
  more: Given
): Promise<readonly LockedPackage[]> {
  const write = process.stdout.write.bind(process.stdout)
  process.stdout.write = () => true
  try {
    const inputs = inputsOf({ mode: 'files', 'channel-alias': alias, ...more })
    const lookup = await readLookupTable(folder, 'lookup.json')
    const own = ownFiles([{ path: 'environment.yml', content: Buffer.from(environment(name)) }], { lookup })
    return (await lockPlan(makePlan(inputs, UPSTREAM, own, []), inputs)).unified.packages
  } finally {
    process.stdout.write = write
  }
}

function found(name: string, packages: readonly LockedPackage[]): string {
  const pin = packages.find(other => other.manager === 'pip' && other.name === pypiName(name))
  const sources = packages.filter(isSource).map(other => `${other.name} ${other.version}`)
  const pip = packages.filter(({ manager }) => manager === 'pip').length
  return `${pin?.version ?? '?'}, ${pip} pip packages; as sources: ${sources.join(', ') || 'none'}`
}

async function show(name: string, names: readonly string[], alias: string, folder: string): Promise<void> {
  const refusals: string[] = []
  for (const [way, more] of [
    ['locked without running its code', {}],
    ['locked by build-from-source', { 'build-from-source': names.join('\n') }]
  ] as const) {
    try {
      console.log(`${name}: ${way}: ${found(name, await lockQuietly(name, alias, folder, more))}`)
      printBelow(refusals)
      return
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      refusals.push(
        ...[error, ...error.others].map(({ place, message, hint }) => `line ${place?.line ?? '?'}: ${message} ${hint}`)
      )
    }
  }
  console.log(`${name}: refused`)
  printBelow(refusals)
}

function printBelow(refusals: readonly string[]): void {
  for (const text of refusals) console.log(`    refused: ${text}`)
}

await inScratch(async folder => {
  await mkdir(join(folder, 'conda-forge'))
  const python = { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'linux-64' }
  await buildChannel(join(folder, 'conda-forge'), [python, { name: 'pip', version: '25.2', depends: ['python'] }])
  await writeFile(join(folder, 'lookup.json'), '{}')
  const server = await serveDirectory(folder)
  const names = process.argv.length > 2 ? process.argv.slice(2) : FIELD
  try {
    for (const name of names) await show(name, names, server.url, folder)
  } finally {
    await server.close()
  }
})
