import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TOOL_CACHE } from '../__tests__/support/action.js'
import { comparedChanges, disagreements, independentChanges, shownChanges } from '../__tests__/support/agreement.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import { inputsOf, ownFiles } from '../__tests__/support/inputs.js'
import { factsOf } from '../__tests__/support/locks.js'
import { lockPlan } from '../__tests__/support/lock-once.js'
import { prepareToolchain } from '../src/toolchain/toolchain.js'
import { parseExplicitLock } from '../src/lockfile/explicit.js'
import { compareLocks } from '../src/lockfile/compare.js'
import { parseUnifiedLock, type UnifiedLock } from '../src/lockfile/unified.js'
import { loadVersionOrder } from '../src/lockfile/version-order.js'
import { makePlan } from '../src/lock/plan.js'
import { makeReport } from '../src/report/make.js'
import { renderReport } from '../src/report/report.js'

// `npm run agreement -- FOLDER`
//
// Locks what upstream had at each commit of FOLDER/history against FOLDER/channel, and compares every lock with every
// other one and with the lock that upstream itself committed: by the project's comparison of both lockfiles, by the report, and by py-rattler reading the explicit files.

const SOLVER = fileURLToPath(new URL('../solver', import.meta.url))
const PLATFORM = 'linux-64'

/** One commit of upstream, locked. */
interface Locked {
  readonly commit: string
  readonly environment: string
  readonly unified: UnifiedLock
  readonly explicit: string
}

/** The lock that upstream committed, for one platform, from the last commit of the history. */
async function readCommitted(folder: string, environment: string): Promise<Locked> {
  const unified = parseUnifiedLock(await readFile(join(folder, 'conda-lock.yml'), 'utf8'))
  const packages = unified.packages.filter(pin => pin.platform === PLATFORM)
  const explicit = await readFile(join(folder, `conda-${PLATFORM}.lock`), 'utf8')
  return { commit: basename(folder), environment, unified: { ...unified, packages }, explicit }
}

async function lockCommit(folder: string, commit: string, channel: string): Promise<Locked> {
  const inputs = inputsOf({ mode: 'files', 'channel-alias': channel })
  const read = (image: string) => readFile(join(folder, 'history', commit, image, 'environment.yml'))
  const environment = await read('pangeo-notebook')
  const files = (inputs.upstream?.files ?? []).map(file => ({ ...file, content: environment }))
  const own = ownFiles([{ path: 'environment.yml', content: await read('base-notebook') }])
  const upstream = { repository: 'o/r', commit: '0', url: 'https://host.example/o/r', files }
  const { unified, explicit } = await lockPlan(makePlan(inputs, upstream, own, []), inputs)
  return { commit, environment: environment.toString(), unified, explicit: explicit[0]?.text ?? '' }
}

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('name the data folder: npm run agreement -- FOLDER')
const toolchain = await prepareToolchain({ python: 'python3', solverFolder: SOLVER, cache: TOOL_CACHE })
const server = await serveDirectory(join(folder, 'channel'))
const locks: Locked[] = []
for (const commit of (await readdir(join(folder, 'history'))).sort()) {
  const locked = await lockCommit(folder, commit, server.url)
  console.log(`${commit}: ${locked.unified.packages.length} packages`)
  locks.push(locked)
}
await server.close()
locks.push(await readCommitted(join(folder, 'lock-2025-09-24'), locks.at(-1)?.environment ?? ''))

const order = await loadVersionOrder()
const pairs = locks.flatMap(old => locks.filter(other => other !== old).map(now => [old, now] as const))
const expected = await independentChanges(
  toolchain,
  pairs.map(([old, now]) => [old.explicit, now.explicit])
)
let wrong = 0
for (const [index, [old, now]] of pairs.entries()) {
  const told = expected[index] ?? []
  const explicit = [old, now].map(({ explicit: text }) => parseExplicitLock(text, PLATFORM))
  const report = makeReport(
    factsOf({
      before: old.unified.packages,
      after: now.unified.packages,
      upstream: { before: old.environment, after: now.environment }
    }),
    order
  )
  const odd = [
    comparedChanges(report.comparison.changes),
    comparedChanges(compareLocks(explicit[0] ?? [], explicit[1] ?? [], [PLATFORM], order).changes),
    shownChanges(renderReport(report, Infinity))
  ].map(changes => disagreements(changes, told))
  wrong += odd.flat().length
  const verdict = odd.flat().length === 0 ? 'agree' : `DISAGREE: ${odd.flat().join('; ')}`
  console.log(`${old.commit} → ${now.commit}: ${told.length} changes: lockfiles and report ${verdict}`)
}
console.log(`${pairs.length} pairs, ${expected.flat().length} changes, ${wrong} disagreements`)
process.exitCode = wrong === 0 ? 0 : 1
