import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../__tests__/support/action.js'
import { startWorld } from '../__tests__/support/world.js'
import { channelFolder, channelPoints, makeChannels, measureChannels } from './channels.js'
import { measureDeliveries, measureSlowDeliveries } from './deliveries.js'
import { plot } from './plot.js'
import { measureJobs } from './jobs.js'
import { startNetwork } from './network.js'
import { measurePlatforms } from './platforms.js'
import { measureRelocks } from './relocks.js'
import { measureReports } from './reports.js'
import { collectRows } from './rows.js'
import { prepareSetting, type Setting } from './setting.js'
import { machine, ratios, table } from './show.js'
import { measureStarts } from './starts.js'
import { realSubject, syntheticSubject } from './subject.js'

// `npm run bench -- [--only PART,…] [--rounds N] [--sizes 10000,100000,…] [--data D] [--folder F] [--write]`
//
// Measures the built action against the two commands that people run by hand, side by side, on a made-up channel and, with
// --data, on real upstream files (see subject.ts). Prints a table; bench.json in the folder has every number. --only measures
// some parts alone (their names are below). --write puts table and plot into docs/. Channels in the folder are made once.

const { values: given } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '10000,100000,500000,1000000' },
    data: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'conda-lock-sync-bench') },
    write: { type: 'boolean', default: false }
  }
})
const { folder } = given
const rounds = Number(given.rounds)
const sizes = given.sizes.split(',').map(Number)
const synthetic = syntheticSubject(channelFolder(folder, sizes[0] ?? 0, 'zst'))
const large = syntheticSubject(channelFolder(folder, sizes.at(-1) ?? 0, 'sharded'))
const subjects = [synthetic, ...(given.data === undefined ? [] : [await realSubject(given.data)])]

/** As between a runner and servers on another continent. */
const SLOW = { milliseconds: 50, bytesPerSecond: 100e6 / 8 }

const PARTS: Readonly<Record<string, (setting: Setting) => Promise<void>>> = {
  relocks: async setting => {
    for (const subject of subjects) await measureRelocks(setting, subject)
  },
  platforms: async setting => {
    for (const subject of subjects) await measurePlatforms(setting, subject)
  },
  starts: measureStarts,
  deliveries: setting => measureDeliveries(setting, synthetic),
  network: setting => measureSlowDeliveries(setting, large),
  jobs: setting => measureJobs(setting, large),
  channels: setting => measureChannels(setting, sizes),
  reports: measureReports
}
const wanted = given.only?.split(',') ?? Object.keys(PARTS)
const unknown = wanted.filter(name => !(name in PARTS))
if (unknown.length > 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}; not ${unknown.join(', ')}`)
if (given.write && given.only !== undefined) throw new Error('--write is for all parts')

/** What is measured stands between these in docs/performance.md. */
const MARKS = /(?<=<!-- bench -->\n)[\s\S]*(?=<!-- end of bench -->)/

const load = loadavg()[0] ?? 0
const collected = collectRows()
await mkdir(folder, { recursive: true })
const world = await startWorld()
const network = startNetwork(SLOW)
try {
  const setting = await prepareSetting({ world, rows: collected, rounds, folder, network })
  await makeChannels(folder, sizes, join(setting.bin, 'python'))
  for (const name of wanted) await PARTS[name]?.(setting)
} finally {
  await network.close()
  await world.close()
}

const rows = collected.all()
const where = machine(rounds, [load, loadavg()[0] ?? 0])
const shares = ratios(
  rows,
  subjects.map(({ name }) => name)
)
const shown = `${where}\n\n${table(rows)}\n\n${shares}\n`
await writeFile(join(folder, 'bench.json'), JSON.stringify({ where, rows }, undefined, 2))
await writeFile(join(folder, 'bench.svg'), plot(channelPoints(rows, sizes)))
console.log(shown)
if (given.write) {
  const page = join(ROOT, 'docs', 'performance.md')
  await writeFile(page, (await readFile(page, 'utf8')).replace(MARKS, `\n${shown}\n`))
  await copyFile(join(folder, 'bench.svg'), join(ROOT, 'docs', 'performance.svg'))
}
