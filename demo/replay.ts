import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inScratch } from '../src/runner/scratch.js'
import { adopt } from './adopt.js'
import { readChannels, readOwnFile, readOwnLock } from './data.js'
import { readHistory, type Commit, type Snapshot } from './history.js'
import {
  COPIES,
  countPackages,
  installToolchain,
  main,
  onStage,
  SETTINGS,
  StageError,
  type Stage,
  type Sync
} from './stage.js'

/** Of data without an image of its own: packages that its channel has and upstream doesn't ask for. */
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

/** In the place of a history: the image follows no upstream. */
const NONE = 'none'

/** The texts of the pull requests, in the order in which they were written. */
const OUT = fileURLToPath(new URL('out/replay/', import.meta.url))

/** What is replayed. */
interface Story {
  /** What the repository has before it adopts the action. */
  readonly files: Readonly<Record<string, string>>
  /** Undefined: the image follows no upstream. */
  readonly upstream: { readonly first: Commit; readonly changes: readonly Commit[] } | undefined
  /** What the channels have, from the first day on. */
  readonly channels: readonly [string, ...string[]]
}

/**
 * Replays real upstream history through the built action: an image adopts it, follows it, and then the channels have newer
 * packages. See CONTRIBUTING.md for the folders.
 */
async function replay(): Promise<void> {
  const [data, history = join(data ?? '', 'history')] = process.argv.slice(2)
  if (data === undefined) throw new StageError('Usage: npm run replay -- DATA [HISTORY | none], see CONTRIBUTING.md.')
  const story = await readStory(data, history)
  await rm(OUT, { recursive: true, force: true })
  await mkdir(OUT, { recursive: true })
  await installToolchain()
  await inScratch(async channels => {
    const [firstDay, ...laterDays] = story.channels
    await cp(firstDay, channels, { recursive: true })
    const { files, upstream } = story
    const scene = { channels, upstream: upstream?.first.files ?? {}, repository: 'example-org/replay', files }
    await onStage(scene, async stage => {
      printLine('upstream', COLUMNS, 'seconds')
      await merge(stage, await step(stage, upstream?.first.name ?? NONE, 'created'))
      await replayChanges(stage, upstream?.changes ?? [])
      for (const day of laterDays) await replayNewUploads(stage, day, channels)
      await step(stage, 'the same again, merged', 'none')
      if (upstream !== undefined) await replayQuietNights(stage, upstream.changes.at(-2) ?? upstream.first)
    })
  })
  console.log(`\nEvery step did what it should. The texts of the pull requests are in ${OUT}.`)
}

async function readStory(data: string, history: string): Promise<Story> {
  const lock = await readOwnLock(data)
  const own = {
    'environment.yml': (await readOwnFile(data)) ?? OWN_FILE,
    ...(lock === undefined ? {} : { 'conda-lock.yml': lock })
  }
  const channels = await readChannels(data)
  if (history === NONE)
    return { files: { ...own, [SETTINGS]: 'upstream-files: none\n' }, upstream: undefined, channels }
  const [first, ...changes] = await readHistory(history)
  if (first === undefined || changes.length < 2) throw new StageError(`${history} has less than three commits.`)
  return { files: own, upstream: { first, changes }, channels }
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

/** The channels of a later day, in the place of the old ones. */
async function replayNewUploads(stage: Stage, day: string, channels: string): Promise<void> {
  await cp(day, channels, { recursive: true, force: true })
  await merge(stage, await step(stage, `uploads: ${basename(day)}`, 'created'))
}

/** What must not bother anybody. */
async function replayQuietNights(stage: Stage, before: Commit): Promise<void> {
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

/** One night. Own entries that contradict upstream's go first, and are told. */
async function step(stage: Stage, what: string, expected: string): Promise<Sync> {
  const { done, removed } = await adopt(stage, 'environment.yml')
  const packages = countPackages(await stage.read('conda-linux-64.lock'))
  const pull = done.pull === undefined ? '' : `#${done.pull.number}`
  const values: Readonly<Record<string, string>> = { ...done.outputs, pull, packages: String(packages) }
  const cells = COLUMNS.map(name => values[name] ?? '')
  const seconds = Object.entries(done.seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
  if (removed.length > 0) console.log(`  gone from environment.yml, where the errors stood: ${removed.join(', ')}`)
  printLine(what, cells, seconds.join(', '))
  if (done.pull !== undefined && expected !== 'unchanged') await writeText(what, done.pull.body)
  if (done.outputs.operation === expected) return done
  throw new StageError(`This step should have been "${expected}".`)
}

async function writeText(what: string, body: string): Promise<void> {
  const number = (await readdir(OUT)).length + 1
  await writeFile(join(OUT, `${String(number).padStart(2, '0')} ${what.replace(/[^\w.]+/g, '-')}.md`), body)
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
