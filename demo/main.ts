import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildChannel } from '../__tests__/support/channel.js'
import type { Toolchain } from '../src/toolchain/toolchain.js'
import { firstDay, OWN_FILE, secondDay, thirdDay, upstreamFiles } from './packages.js'
import { inScratch } from '../src/runner/scratch.js'
import { countPackages, installToolchain, main, onStage, UPSTREAM, type Stage, type Sync } from './stage.js'

const REPOSITORY = 'example-org/helio-notebook'
const OUT = fileURLToPath(new URL('out', import.meta.url))
const EXPLICIT = 'conda-linux-64.lock'
const run = promisify(execFile)

/** The main job on a small scale: nights of a repository that builds on Pangeo's environment. */
async function demo(): Promise<void> {
  say('conda-lock-sync on a GitHub, an upstream and a conda channel that all live on this machine, for a minute.\n')
  say('Installing conda-lock and py-rattler, unless that is done already …')
  const started = Date.now()
  const toolchain = await installToolchain()
  say(`Ready after ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  const python = await pythonVersion(toolchain)
  await inScratch(async scratch => {
    const channel = join(scratch, 'channels', 'conda-forge')
    await buildChannel(channel, firstDay(python))
    const scene = {
      channels: join(scratch, 'channels'),
      upstream: upstreamFiles(python, '2025.07.15', FIRST_SPECS),
      repository: REPOSITORY,
      files: { 'environment.yml': OWN_FILE }
    }
    await onStage(scene, async stage => {
      const shown = await playNights(stage, channel, python)
      await writeResults(stage, shown)
      showPull(shown)
      await install(toolchain, scratch)
    })
  })
  heading('All of it is in:')
  for (const [name, what] of Object.entries(RESULTS)) say(`  ${relative('.', join(OUT, name))}: ${what}`)
}

const SHARED_SPECS = ['dask', 'fsspec', 'matplotlib-base', 'numpy', 'pandas', 's3fs', 'xarray']
const FIRST_SPECS = [...SHARED_SPECS, 'intake', 'zarr>=3']
const SECOND_SPECS = [...SHARED_SPECS, 'icechunk', 'zarr>=3,<3.1']
const THIRD_SPECS = [...SECOND_SPECS, 'obstore']

/** @returns the run that left the pull request as it was merged in the end */
async function playNights(stage: Stage, channel: string, python: string): Promise<Sync> {
  heading(`Night 1: ${REPOSITORY} has only an environment.yml, with sunpy and astropy.`)
  await mergeAfter(stage, await sync(stage))

  heading(`Night 2: ${UPSTREAM} drops intake, wants icechunk, and holds zarr back; conda-forge has newer packages.`)
  await stage.upstream.commit(upstreamFiles(python, '2025.09.01', SECOND_SPECS))
  await buildChannel(channel, secondDay(python))
  await sync(stage)

  heading(
    'Night 3: nobody has merged yet; upstream adds obstore, and there is a new Dask. The same pull request moves on.'
  )
  await stage.upstream.commit(upstreamFiles(python, '2025.09.01', THIRD_SPECS))
  await buildChannel(channel, thirdDay())
  const shown = await sync(stage)

  heading('Night 4: upstream changed only its README. The open pull request is left alone; then somebody merges it.')
  await stage.upstream.commit({ 'README.md': 'Pangeo images\n' })
  await mergeAfter(stage, await sync(stage))
  return shown
}

async function sync(stage: Stage): Promise<Sync> {
  const done = await stage.sync()
  const packages = countPackages(await stage.read(EXPLICIT))
  const seconds = (done.seconds.total ?? 0).toFixed(1)
  const writes = done.calls.filter(call => call.method !== 'GET').length
  say(`  ${done.outputs.summary ?? ''}.`)
  say(`  ${packages} packages locked; ${done.calls.length} calls to GitHub, ${writes} of them to write; ${seconds} s.`)
  return done
}

async function mergeAfter(stage: Stage, { pull }: Sync): Promise<void> {
  if (pull === undefined) return
  await stage.repository.merge(pull.number)
  say(`  A person merges pull request #${pull.number}.`)
}

function showPull({ pull }: Sync): void {
  heading(`Pull request #${pull?.number ?? ''} as the reviewer found it:`)
  say(`  Title: ${pull?.title ?? ''}\n`)
  // GitHub does not show comments, and the one at the end is for the next run.
  say(
    (pull?.body ?? '')
      .replace(/<!--.*?-->/gs, '')
      .trimEnd()
      .replace(/^/gm, '  | ')
  )
}

const RESULTS = {
  'BNenvironment.yml': "upstream's environment file that pins Python, byte for byte",
  'NBenvironment.yml': "upstream's environment file with the packages, byte for byte",
  'conda-lock.yml': 'the unified lockfile, for conda-lock install',
  [EXPLICIT]: 'the explicit lockfile, for conda create --file',
  'pull-request.md': 'title and body of the pull request',
  'result.json': "the action's outputs"
} as const

async function writeResults(stage: Stage, { outputs, pull }: Sync): Promise<void> {
  await rm(OUT, { recursive: true, force: true })
  await mkdir(OUT, { recursive: true })
  const contents = {
    'BNenvironment.yml': await stage.read('BNenvironment.yml'),
    'NBenvironment.yml': await stage.read('NBenvironment.yml'),
    'conda-lock.yml': await stage.read('conda-lock.yml'),
    [EXPLICIT]: await stage.read(EXPLICIT),
    'pull-request.md': `# ${pull?.title ?? ''}\n\n${pull?.body ?? ''}\n`,
    'result.json': `${JSON.stringify(outputs, undefined, 2)}\n`
  } satisfies Record<keyof typeof RESULTS, string>
  for (const [name, content] of Object.entries(contents)) await writeFile(join(OUT, name), content)
}

/** Shows that what is locked can be installed, from the explicit lockfile and the channel alone. */
async function install(toolchain: Toolchain, scratch: string): Promise<void> {
  heading(`Installing ${relative('.', join(OUT, EXPLICIT))} into an empty prefix, as \`conda create --file\` does:`)
  const prefix = join(scratch, 'prefix')
  const script = fileURLToPath(new URL('../solver/install.py', import.meta.url))
  const installed = await run(join(toolchain.bin, 'python'), [
    script,
    join(OUT, EXPLICIT),
    prefix,
    join(scratch, 'cache')
  ])
  const probe = 'import platform, sunpy; print("Python", platform.python_version(), "imports sunpy", sunpy.__version__)'
  const { stdout } = await run(join(prefix, 'bin', 'python'), ['-c', probe])
  say(`  ${installed.stdout.trim()} packages installed. ${stdout.trim()}.`)
}

async function pythonVersion(toolchain: Toolchain): Promise<string> {
  const program = 'import platform; print(platform.python_version())'
  return (await run(join(toolchain.bin, 'python'), ['-c', program])).stdout.trim()
}

function heading(text: string): void {
  say(`\n${text}`)
}

function say(text: string): void {
  console.log(text)
}

await main(demo)
