import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT, TOOL_CACHE, type ActionRun } from '../__tests__/support/action.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import { SOLVER, toolchainBin } from '../__tests__/support/toolchain-paths.js'
import { startWorld, UPSTREAM_FILE, type Channel, type Project, type World } from '../__tests__/support/world.js'
import { exists } from '../src/exists.js'
import { installFrontEnd } from '../src/lock/front-end.js'
import { measure, median, runCommand } from './measure.js'
import { machine, plot, table, type Point, type Row } from './show.js'

// `npm run bench -- [--rounds N] [--sizes 10000,100000,500000] [--folder F] [--write]`
//
// Measures the built action against the two commands that people run by hand, side by side. Prints a table; bench.json in
// the folder has every number. --write puts table and plot into docs/. Channels in the folder are made once.

const { values: given } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '10000,100000,500000' },
    folder: { type: 'string', default: join(tmpdir(), 'conda-lock-sync-bench') },
    write: { type: 'boolean', default: false }
  }
})
const rounds = Number(given.rounds)
const sizes = given.sizes.split(',').map(Number)
const FORMS = ['plain', 'zst', 'sharded'] as const
const ASKED = [150, 163, 175, 188, 199].map(index => `package-${String(index).padStart(6, '0')}`)
const yml = (specs: readonly string[]) => `channels: [conda-forge]\ndependencies: [${specs.join(', ')}]\n`
const UPSTREAM_YML = yml(['python=3.12', ...ASKED.slice(0, 3)])
const OWN_YML = yml(ASKED.slice(3))

const bin = await toolchainBin()
const python = join(bin, 'python')
const rows = new Map<string, Row>()
type Measure = Exclude<keyof Row, 'name'>

function note(name: string, cost: Partial<Record<Measure, number>>): void {
  const row = rows.get(name) ?? { name, seconds: [], cpu: [], megabytes: [], bytes: [], calls: [] }
  const add = (key: Measure) => [...row[key], ...(cost[key] === undefined ? [] : [cost[key]])]
  rows.set(name, {
    name,
    seconds: add('seconds'),
    cpu: add('cpu'),
    megabytes: add('megabytes'),
    bytes: add('bytes'),
    calls: add('calls')
  })
}

async function makeChannels(): Promise<void> {
  for (const size of sizes) {
    const folder = join(given.folder, String(size))
    if (await exists(folder)) continue
    const unfinished = `${folder}.${process.pid}`
    const args = [join(ROOT, 'bench', 'make_channel.py'), unfinished, String(size)]
    await runCommand({ program: python, args, cwd: ROOT, environment: process.env })
    await runCommand({ program: 'mv', args: [unfinished, folder], cwd: ROOT, environment: process.env })
  }
}

/** A tool cache that has the toolchain and no repodata. */
async function makeToolCache(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-tools-'))
  const name = basename(dirname(bin))
  await mkdir(join(folder, 'conda-lock-sync'))
  await symlink(join(TOOL_CACHE, 'conda-lock-sync', name), join(folder, 'conda-lock-sync', name))
  return folder
}

function succeeded(run: ActionRun): ActionRun {
  if (run.exitCode !== 0) throw new Error(run.stdout)
  return run
}

/** The two commands that people run: files in opposite order, so two solves. */
async function byHand(conda: string, alias: string, cache: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'by-hand-'))
  await writeFile(join(folder, 'NBenvironment.yml'), UPSTREAM_YML)
  await writeFile(join(folder, 'environment.yml'), OWN_YML)
  const environment = {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    HOME: process.env.HOME,
    CONDA_CHANNEL_ALIAS: alias,
    MAMBA_CHANNEL_ALIAS: alias,
    RATTLER_CONDA_CACHE: cache,
    PYTHONPYCACHEPREFIX: join(dirname(bin), 'bytecode')
  }
  const common = ['-m', 'conda_lock', 'lock', '--conda', conda, '-p', 'linux-64']
  const explicit = ['-k', 'explicit', '--filename-template', 'conda-{platform}.lock']
  const orders = [
    ['-f', 'NBenvironment.yml', '-f', 'environment.yml', '--lockfile', 'conda-lock.yml'],
    ['-f', 'environment.yml', '-f', 'NBenvironment.yml', ...explicit]
  ]
  for (const order of orders) {
    await runCommand({ program: python, args: [...common, ...order], cwd: folder, environment })
  }
  await rm(folder, { recursive: true })
}

async function condas(): Promise<[string, string][]> {
  const front = await installFrontEnd(SOLVER, given.folder)
  const folders = (process.env.PATH ?? '').split(delimiter)
  const others = ['micromamba', 'mamba', 'conda'].map(async name => {
    for (const folder of folders) if (await exists(join(folder, name))) return [[name, name] as [string, string]]
    return []
  })
  return [['the same solver', front], ...(await Promise.all(others)).flat()]
}

async function newProject(world: World, name: string, alias: string): Promise<Project> {
  // Only the address of the channel is used.
  const channel: Channel = { ...world.channel, alias }
  return world.project(name, {
    channel,
    own: { 'environment.yml': OWN_YML },
    upstream: { [UPSTREAM_FILE]: UPSTREAM_YML }
  })
}

/** 1, 2 and 5: by hand, a relock, and a night without news, taking turns. */
async function relocks(world: World): Promise<void> {
  const server = await serveDirectory(join(given.folder, String(sizes[0]), 'zst'))
  const tools = await makeToolCache()
  const environment = { RUNNER_TOOL_CACHE: tools }
  const project = await newProject(world, 'relock', server.url)
  const quiet = await newProject(world, 'night', server.url)
  await quiet.settle({ environment })
  const run = async (name: string, of: Project, inputs: Readonly<Record<string, string>>) => {
    const [calls, requests] = [world.github.calls.length, server.requests.length]
    const { cost } = await measure(async () => succeeded(await of.run({ inputs, environment })))
    const bytes = server.requests.slice(requests).reduce((sum, request) => sum + request.bytes, 0)
    note(name, { ...cost, bytes, calls: world.github.calls.length - calls })
  }
  const hands = await condas()
  for (let round = -1; round < rounds; round++) {
    if (round === 0) rows.clear() // the first round warms up
    for (const [name, conda] of hands) {
      const { cost } = await measure(() => byHand(conda, server.url, join(tools, 'conda-lock-sync', 'repodata')))
      note(`Two commands by hand, ${name}`, cost)
    }
    await run('Relock up to the verified files, with report', project, { mode: 'files' })
    await run('A night without news', quiet, { relock: 'if-inputs-changed' })
  }
  await server.close()
  await rm(tools, { recursive: true })
}

/** 3: channels of all sizes and forms, cold and warm, taking turns. */
async function channels(world: World): Promise<void> {
  const project = await newProject(world, 'channels', '')
  for (let round = 0; round < rounds; round++) {
    for (const size of sizes) for (const form of FORMS) await channel(project, size, form)
  }
}

async function channel(project: Project, size: number, form: string): Promise<void> {
  const server = await serveDirectory(join(given.folder, String(size), form))
  const tools = await makeToolCache()
  for (const state of ['cold', 'warm']) {
    const before = server.requests.length
    const { cost } = await measure(async () =>
      succeeded(
        await project.run({
          inputs: { mode: 'files', 'channel-alias': server.url },
          environment: { RUNNER_TOOL_CACHE: tools }
        })
      )
    )
    const bytes = server.requests.slice(before).reduce((sum, request) => sum + request.bytes, 0)
    note(`${size.toLocaleString('en')} records, ${form}, ${state}`, { ...cost, bytes })
  }
  await server.close()
  await rm(tools, { recursive: true })
}

/** 4: both lockfiles parsed, compared and reported; CPU instead of wall time. */
async function reports(): Promise<void> {
  const platforms = ['linux-64', 'linux-aarch64', 'osx-64', 'osx-arm64']
  const lock = join(given.folder, 'conda-lock.yml')
  const cases = [
    ['800 packages, 1 platform', 800, platforms.slice(0, 1), '1'],
    ['3,020 packages, 4 platforms', 755, platforms, '1'],
    ['12,080 packages, 4 platforms in 4 environments', 755, platforms, '4']
  ] as const
  for (let round = 0; round < rounds; round++) {
    for (const [name, count, on, times] of cases) {
      await writeFile(lock, makeLock(count, on))
      const script = join(ROOT, 'node_modules', '.cache', 'report-cpu.mjs')
      const args = [script, lock, times]
      const text = await runCommand({ program: process.execPath, args, cwd: ROOT, environment: process.env })
      note(`Report: ${name}`, { cpu: Number(/CPU in all: ([\d.]+)/.exec(text)?.[1]) })
    }
  }
}

/** A `conda-lock.yml` with as much in each package as real ones have. */
function makeLock(count: number, platforms: readonly string[]): string {
  const url = 'https://conda.anaconda.org/conda-forge'
  const entries = Array.from({ length: count }, (_, index) =>
    platforms.map(platform => {
      const depends = [1, 7, 31].filter(step => step <= index).map(step => `    package-${index - step}: '>=1.0'\n`)
      const hash = String(index).padStart(32, '0')
      return `- name: package-${index}\n  version: 1.${index}.0\n  manager: conda\n  platform: ${platform}\n  dependencies:\n    python: '>=3.9'\n${depends.join('')}  url: ${url}/${platform}/package-${index}-1.${index}.0-h0_0.conda\n  hash:\n    md5: ${hash}\n    sha256: ${hash}${hash}\n  category: main\n  optional: false\n`
    })
  )
  const list = platforms.map(platform => `  - ${platform}\n`).join('')
  return `version: 1\nmetadata:\n  content_hash: {}\n  channels:\n  - url: conda-forge\n    used_env_vars: []\n  platforms:\n${list}  sources:\n  - environment.yml\npackage:\n${entries.flat().join('')}`
}

function points(): Point[] {
  return FORMS.flatMap(form =>
    ['cold', 'warm'].flatMap(state =>
      sizes.map(records => {
        const row = rows.get(`${records.toLocaleString('en')} records, ${form}, ${state}`)
        return { form: `${form}, ${state}`, records, seconds: median(row?.seconds ?? []) }
      })
    )
  )
}

/** The table of docs/performance.md is between these. */
const MARKS = /(?<=<!-- bench -->\n)[\s\S]*(?=<!-- end of bench -->)/

await mkdir(given.folder, { recursive: true })
await makeChannels()
const load = loadavg()[0] ?? 0
const world = await startWorld()
try {
  await relocks(world)
  await channels(world)
} finally {
  await world.close()
}
await reports()
const where = machine(rounds, [load, loadavg()[0] ?? 0])
const shown = `${where}\n\n${table([...rows.values()])}\n`
await writeFile(join(given.folder, 'bench.json'), JSON.stringify({ where, rows: [...rows.values()] }, undefined, 2))
await writeFile(join(given.folder, 'bench.svg'), plot(points()))
console.log(shown)
if (given.write) {
  const page = join(ROOT, 'docs', 'performance.md')
  await writeFile(page, (await readFile(page, 'utf8')).replace(MARKS, `\n${shown}\n`))
  await copyFile(join(given.folder, 'bench.svg'), join(ROOT, 'docs', 'performance.svg'))
}
