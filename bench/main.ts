import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../__tests__/support/action.js'
import { startWorld } from '../__tests__/support/world.js'
import { channelFolder, channelPoints, makeChannels, measureChannels } from './channels.js'
import { measureDeliveries } from './deliveries.js'
import { plot } from './plot.js'
import { measureRelocks } from './relocks.js'
import { measureReports } from './reports.js'
import { collectRows } from './rows.js'
import { prepareSetting } from './setting.js'
import { machine, ratios, table } from './show.js'
import { measureStarts } from './starts.js'
import { realSubject, syntheticSubject } from './subject.js'
import { measureToolchains } from './toolchains.js'

// `npm run bench -- [--rounds N] [--sizes 10000,100000,500000] [--data D] [--folder F] [--write]`
//
// Measures the built action against the two commands that people run by hand, side by side, on a made-up channel and, with
// --data, on real upstream files (see subject.ts). Prints a table; bench.json in the folder has every number. --write puts
// table and plot into docs/. Channels in the folder are made once.

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '10000,100000,500000' },
    data: { type: 'string' },
    folder: { type: 'string', default: join(tmpdir(), 'conda-lock-sync-bench') },
    write: { type: 'boolean', default: false }
  }
})
const { folder } = given
const rounds = Number(given.rounds)
const sizes = given.sizes.split(',').map(Number)
const synthetic = syntheticSubject(channelFolder(folder, sizes[0] ?? 0, 'zst'))
const subjects = [synthetic, ...(given.data === undefined ? [] : [await realSubject(given.data)])]

/** What is measured stands between these in docs/performance.md. */
const MARKS = /(?<=<!-- bench -->\n)[\s\S]*(?=<!-- end of bench -->)/

const load = loadavg()[0] ?? 0
const collected = collectRows()
await mkdir(folder, { recursive: true })
const world = await startWorld()
try {
  const setting = await prepareSetting({ world, rows: collected, rounds, folder })
  await makeChannels(folder, sizes, join(setting.bin, 'python'))
  for (const subject of subjects) await measureRelocks(setting, subject)
  await measureStarts(setting)
  await measureDeliveries(setting, synthetic)
  await measureToolchains(setting)
  await measureChannels(setting, sizes)
  await measureReports(setting)
} finally {
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
