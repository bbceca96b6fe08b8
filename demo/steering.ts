import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildChannel, serveDirectory } from '../__tests__/support/channel.js'
import type { LockResult } from '../__tests__/support/lock-once.js'
import { compareLocks, countChanges, type Comparison } from '../src/lockfile/compare.js'
import { loadVersionOrder } from '../src/lockfile/version-order.js'
import { inScratch } from '../src/runner/scratch.js'
import { lockQuietly } from './quietly.js'
import { installToolchain, main, StageError } from './stage.js'

/** What a person does to the environment files: writes a line into the own one, or takes one out of upstream's. */
interface Edit {
  readonly title: string
  readonly add?: string
  readonly remove?: string
}

const EDITS: readonly Edit[] = [
  { title: 'nothing' },
  ...['pot', 'rtree', 'pytest', 'poppler', 'python-kubernetes', 'parcels'].map(add => ({ title: `add ${add}`, add })),
  { title: 'pin pandas=2.2', add: 'pandas=2.2' },
  { title: 'pin libarrow=20', add: 'libarrow=20' },
  { title: 'remove dask-ml', remove: 'dask-ml' }
]

const PUBLIC = 'https://conda.anaconda.org'
const DAY = '2025-09-24'

/** Locks real environments, from the lock that upstream had, with both values of `update`, and counts what moves. */
async function showUpdate(data: string): Promise<void> {
  const server = await serveDirectory(join(data, 'channel'))
  try {
    const read = (image: string) => readFile(join(data, 'history', `${DAY}-fa97710`, image, 'environment.yml'), 'utf8')
    const [notebook, base] = await Promise.all([read('pangeo-notebook'), read('base-notebook')])
    const lock = await readFile(join(data, `lock-${DAY}`, 'conda-lock.yml'), 'utf8')
    const previous = lock.replaceAll(PUBLIC, server.url)
    print('linux-64', ['all: moved', 'added', 'removed', 'minimal: moved', 'added', 'removed'])
    for (const edit of EDITS) {
      const environments = {
        'NBenvironment.yml': notebook.replace(new RegExp(`^ - ${edit.remove ?? 'nothing'}\n`, 'm'), ''),
        'BNenvironment.yml': base,
        'environment.yml': `channels: [conda-forge]\ndependencies: [${edit.add ?? ''}]\n`
      }
      const results = []
      for (const update of ['all', 'minimal']) {
        results.push(await lockQuietly({ environments, alias: server.url, inputs: { update }, previous }))
      }
      print(edit.title, (await Promise.all(results.map(counts))).flat())
      const moves = results.at(-1)?.locked.steered.moves ?? []
      if (moves.length > 0) console.log(`    ${results.at(-1)?.notes[0] ?? ''}`)
      if (moves.some(({ reason }) => reason.kind === 'together')) throw new StageError('A package moved for no reason.')
    }
  } finally {
    await server.close()
  }
}

async function counts({ locked, previous }: LockResult): Promise<string[]> {
  const before = (previous?.packages ?? []).filter(pin => pin.platform === 'linux-64')
  const comparison: Comparison = compareLocks(before, locked.unified.packages, ['linux-64'], await loadVersionOrder())
  const { added, removed, upgraded, downgraded, rebuilt } = countChanges(comparison.changes)
  return [upgraded + downgraded + rebuilt, added, removed].map(String)
}

function print(title: string, cells: readonly string[]): void {
  console.log([title.padEnd(22), ...cells.map(cell => cell.padStart(9))].join(' '))
}

/** A channel that tells when its packages were uploaded, with a cooldown, with and without an exemption. */
async function showExcludeNewer(): Promise<void> {
  await inScratch(async folder => {
    await mkdir(join(folder, 'conda-forge'))
    const on = (day: string) => Date.parse(`${day}T12:00Z`)
    await buildChannel(join(folder, 'conda-forge'), [
      { name: 'numpy', version: '2.2.6', timestamp: on('2025-05-18') },
      { name: 'numpy', version: '2.3.3', timestamp: on('2025-09-23') },
      { name: 'xarray', version: '2025.8.0', depends: ['numpy'], timestamp: on('2025-08-14') },
      { name: 'xarray', version: '2025.9.0', depends: ['numpy >=2.3'], timestamp: on('2025-09-22') }
    ])
    const server = await serveDirectory(folder)
    try {
      const environments = { 'environment.yml': 'channels: [conda-forge]\ndependencies: [xarray]\n' }
      for (const exempt of ['', 'numpy', 'numpy\nxarray']) {
        const inputs = { 'exclude-newer': '2025-09-01', 'exclude-newer-exempt': exempt }
        const { locked, notes } = await lockQuietly({ environments, alias: server.url, inputs })
        const pins = locked.unified.packages.map(pin => `${pin.name} ${pin.version}`)
        console.log(
          `\nexclude-newer: 2025-09-01, exempt: ${exempt.replace('\n', ', ') || 'none'}\n  locked: ${pins.join(', ')}`
        )
        console.log(notes.map(note => `  report: ${note}`).join('\n'))
      }
    } finally {
      await server.close()
    }
  })
}

await main(async () => {
  const data = process.argv[2]
  if (data === undefined)
    throw new StageError('Usage: npm run steering -- DATA, a folder with history/, channel/, lock-…/.')
  await installToolchain()
  await showUpdate(data)
  await showExcludeNewer()
})
