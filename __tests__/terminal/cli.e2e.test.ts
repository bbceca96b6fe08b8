/** The same run in a terminal: without a runner, its variables, or a GitHub to write to. */
import { afterAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { INPUTS } from '../../src/inputs/table.js'
import { parseCommand } from '../../src/terminal/command-line.js'
import { ROOT, TOOL_CACHE } from '../support/action.js'
import { OWN_YML, snapshot, startWorld } from '../support/world.js'

const world = await startWorld()
const installed = await mkdtemp(join(tmpdir(), 'installed-'))
afterAll(async () => {
  await world.close()
  await rm(installed, { recursive: true })
})
await installPackage()
const project = await world.project('laptop')

/** The package as npm would hand it out: nothing else of the repository is there, and no dependency. */
async function installPackage(): Promise<void> {
  const run = promisify(execFile)
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', installed], { cwd: ROOT })
  await run('tar', ['-xzf', stdout.trim(), '--strip-components=1'], { cwd: installed })
}

interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function runCli(cwd: string, ...words: readonly string[]): Promise<Printed> {
  return runWithCache(TOOL_CACHE, cwd, words)
}

function runWithCache(cache: string, cwd: string, words: readonly string[]): Promise<Printed> {
  const environment = { PATH: process.env.PATH, HOME: cwd, XDG_CACHE_HOME: cache }
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [join(installed, 'dist', 'cli.js'), ...words],
      { cwd, env: environment },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      }
    )
  })
}

test('gives the files and the report that the nightly run would give, and a dry run gives the report alone', async () => {
  const { machine, upstream } = project
  await mkdir(join(machine.workspace, '.git'))
  await machine.write('images/a/environment.yml', OWN_YML)
  await machine.write('elsewhere/README', '')
  const cwd = join(machine.workspace, 'elsewhere')
  const options = [
    ...['--working-directory', '../images/a', '--upstream-repository', upstream.fullName],
    ...[`--upstream-api-url=${world.github.apiUrl}`, '--channel-alias', world.channel.alias]
  ]
  const before = await snapshot(machine.workspace)

  const dry = await runCli(cwd, '--dry-run', ...options)
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('**First lock: 6 packages on `linux-64`.**') })
  expect(dry.stderr).toMatch(/^Fetching upstream: \d+\.\d s$/m)
  expect(dry.stderr).toMatch(/^Locking and reading back: \d+\.\d s$/m)
  expect(dry.stderr).toContain('Nothing was changed')
  expect(dry.stdout + dry.stderr).not.toMatch(/^::/m)
  expect(dry.stderr).not.toContain('conda_lock')
  expect(await snapshot(machine.workspace)).toEqual(before)

  const real = await runCli(cwd, ...options)
  const withoutTime = (text: string) => text.replace(/locked in (?:less than )?[\d.]+ s/, '')
  expect(withoutTime(real.stdout)).toBe(withoutTime(dry.stdout))
  const names = ['NBenvironment.yml', 'conda-linux-64.lock', 'conda-lock.yml', 'environment.yml']
  expect(Object.keys(await snapshot(join(machine.workspace, 'images/a')))).toEqual(names)
  expect(await machine.read('images/a/conda-lock.yml')).toContain('xarray')

  expect(await runCli(cwd, ...options, '--mode', 'check')).toMatchObject({ code: 0 })
  await machine.write('images/a/environment.yml', OWN_YML.replace('dask', 'no-such-package'))
  const failed = await runCli(cwd, ...options)
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed.stderr).toContain('Output of conda-lock:')
  expect(failed.stderr).toMatch(/^error: images\/a\/environment\.yml:4: None of the channels has `no-such-package`/m)
})

test('what is asked of it in the wrong place or for a workflow is said in words of a terminal', async () => {
  const cwd = join(installed, 'empty')
  await mkdir(cwd)
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [[], 'in a terminal, name the folder of the image as `--working-directory`'],
    [['--working-directory', '../package.json'], `There is no folder ${join(installed, 'package.json')}`],
    [['--working-directory', 'nowhere'], `There is no folder ${join(cwd, 'nowhere')}`],
    [['--mode', 'commit'], '`--mode commit` is not one of files, check, lock; others are for workflows.'],
    [['--platforms', 'linux'], 'Correct `platforms`. '],
    [
      ['check'],
      'There is no folder `check` in the repository, and a word without `--` names that of an image; for a mode say `--mode check`.'
    ],
    [['init', 'here'], 'There is no folder `init` in the repository, and a word without `--` names that of an image.'],
    [['--mode', 'check', '--environment-files', '../package.json'], 'outside the repository']
  ]
  for (const [words, message] of refusals) {
    const { code, stderr } = await runCli(cwd, ...words)
    expect({ words, code, stderr }).toEqual({ words, code: 1, stderr: expect.stringContaining(message) })
  }
  const noCache = await runWithCache(join(installed, 'package.json'), cwd, [])
  expect(noCache.stderr).toMatch(
    /^error: The folder for what outlives a run cannot be made: .*\n {2}Set XDG_CACHE_HOME/
  )
  await writeFile(join(cwd, 'environment.yml'), OWN_YML)
  expect((await runCli(cwd, '--mode', 'check')).stderr).toContain('There is no `NBenvironment.yml`, the copy of an')
})

test('its help and its options are those of the action, without what publishes', async () => {
  const { code, stdout } = await runCli(ROOT, '--help')
  expect(code).toBe(0)
  const offered = [...stdout.matchAll(/^ {2}--([\w-]+)/gm)].map(([, name = '']) => name)
  expect(offered).toContain('dry-run')
  expect(Object.keys(INPUTS)).toEqual(expect.arrayContaining(offered.filter(name => name !== 'dry-run')))
  expect(offered).not.toContain('token')
  expect(stdout).toContain(INPUTS.lockfile.description)
})

test('a list is given bit by bit, and what is no option is named', () => {
  expect(parseCommand(['images/a', '--platforms', 'linux-64', '--platforms=osx-arm64', '--dry-run', 'b'])).toEqual({
    kind: 'run',
    images: ['images/a', 'b'],
    options: new Map([['platforms', 'linux-64\nosx-arm64']]),
    dryRun: true
  })
  expect(() => parseCommand(['--token', 'x'])).toThrow('There is no option `--token`.')
  expect(() => parseCommand(['--lockfile'])).toThrow('The option `--lockfile` needs a value.')
})
