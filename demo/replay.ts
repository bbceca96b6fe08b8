import { join } from 'node:path'
import { readHistory, type Commit, type Snapshot } from './history.js'
import { COPIES, countPackages, installToolchain, main, onStage, StageError, type Stage, type Sync } from './stage.js'

/** Packages that the data's channel has and upstream doesn't ask for. */
const OWN_FILE = `name: own
channels:
  - conda-forge
dependencies:
  - astropy
  - tqdm
`

const COLUMNS = ['operation', 'pull', 'packages', 'added', 'removed', 'upgraded', 'downgraded', 'rebuilt'] as const

/** Upstream's history goes on while a pull request is open; somebody merges after every third change. */
const CHANGES_PER_PULL = 3

/**
 * Replays real upstream history through the built action: `DATA/history/COMMIT/` has both environment files of each
 * commit, `DATA/channel/conda-forge/` the repodata.
 */
async function replay(): Promise<void> {
  const data = process.argv[2]
  if (data === undefined) throw new StageError('Usage: npm run replay -- DATA, a folder with history/ and channel/.')
  const [first, ...changes] = await readHistory(join(data, 'history'))
  const before = changes.at(-2)
  if (first === undefined || before === undefined) throw new StageError(`${data}/history has less than three commits.`)
  await installToolchain()
  const scene = {
    channels: join(data, 'channel'),
    upstream: first.files,
    repository: 'example-org/replay',
    files: { 'environment.yml': OWN_FILE }
  }
  await onStage(scene, async stage => {
    printLine('upstream', COLUMNS, 'seconds')
    await merge(stage, await step(stage, first.name, 'created'))
    await replayChanges(stage, changes)
    await replayQuietNights(stage, before)
  })
  console.log('\nEvery step did what it should.')
}

async function replayChanges(stage: Stage, changes: readonly Commit[]): Promise<void> {
  for (const [index, { name, files }] of changes.entries()) {
    await stage.upstream.commit(files)
    const done = await step(stage, name, index % CHANGES_PER_PULL === 0 ? 'created' : 'updated')
    const isLast = index === changes.length - 1
    if (isLast) await step(stage, 'the same again, pull request open', 'unchanged')
    if (isLast || index % CHANGES_PER_PULL === CHANGES_PER_PULL - 1) await merge(stage, done)
  }
}

/** What must not bother anybody. */
async function replayQuietNights(stage: Stage, before: Commit): Promise<void> {
  await step(stage, 'the same again, merged', 'none')
  await stage.upstream.commit({ 'README.md': 'Images\n' })
  await step(stage, "upstream's README", 'none')
  const current = await readUpstream(stage)
  await stage.upstream.commit(before.files)
  await step(stage, `back to ${before.name}`, 'created')
  await stage.upstream.commit(current)
  await step(stage, 'and that taken back', 'closed')
}

async function readUpstream(stage: Stage): Promise<Snapshot> {
  const paths = Object.keys(COPIES)
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, (await stage.upstream.read(path)) ?? ''] as const))
  )
}

async function step(stage: Stage, what: string, expected: string): Promise<Sync> {
  const done = await stage.sync()
  const packages = countPackages(await stage.read('conda-linux-64.lock'))
  const pull = done.pull === undefined ? '' : `#${done.pull.number}`
  const values: Readonly<Record<string, string>> = { ...done.outputs, pull, packages: String(packages) }
  const cells = COLUMNS.map(name => values[name] ?? '')
  const seconds = Object.entries(done.seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
  printLine(what, cells, seconds.join(', '))
  if (done.outputs.operation === expected) return done
  throw new StageError(`This step should have been "${expected}".`)
}

async function merge(stage: Stage, { pull }: Sync): Promise<void> {
  if (pull === undefined) throw new StageError('There is no pull request to merge.')
  await stage.repository.merge(pull.number)
  console.log(`  #${pull.number} merged`)
}

function printLine(what: string, cells: readonly string[], seconds: string): void {
  console.log([what.padEnd(34), ...cells.map(cell => cell.padStart(10)), ` ${seconds}`].join(' '))
}

await main(replay)
