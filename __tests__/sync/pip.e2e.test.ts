import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile, execFileSync } from 'node:child_process'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runAction, startRunner, type ActionRun, type RunnerMachine } from '../support/action.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { startGitHub, type FakeGitHub, type Repository } from '../support/github.js'
import { buildIndex } from '../support/pypi.js'
import { SOLVER, toolchainBin } from '../support/toolchain-paths.js'

const execute = promisify(execFile)
const PYTHON = execFileSync('python3', ['-c', 'import platform; print(platform.python_version())'], {
  encoding: 'utf8'
}).trim()

let folder: string
let server: FileServer
let github: FakeGitHub
let machine: RunnerMachine
let upstream: Repository
let own: Repository

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pip-'))
  const python = { subdir: 'linux-64', depends: ['tzdata'] }
  const packages = [
    { name: 'python', version: PYTHON, realPython: true, ...python },
    { name: 'pip', version: '25.0', realPip: true, depends: ['python'] },
    { name: 'tzdata', version: '2025a' },
    { name: 'zlib', version: '1.3', subdir: 'linux-64', depends: ['__glibc >=2.17'] },
    { name: 'cloudpickle', version: '3.1.1', depends: ['python'] },
    { name: 'dask', version: '2025.7.0', depends: ['cloudpickle >=3'] },
    {
      name: 'pytorch',
      version: '2.7.0',
      build: 'cpu_generic_py312_h1234567_0',
      subdir: 'linux-64',
      depends: ['python']
    }
  ]
  await buildChannel(join(folder, 'conda-forge'), packages)
  await buildChannel(join(folder, 'private'), [{ name: 'secret-sauce', version: '1.0' }])
  await buildIndex(join(folder, 'pypi'), [
    { name: 'sunpy-soar', version: '1.11', requires: ['parfive>=2'] },
    { name: 'parfive', version: '2.1' },
    { name: 'upstream-only', version: '3.0' },
    { name: 'needs-absent', version: '1.0', requires: ['absent>=1'] },
    { name: 'absent', version: '1.0' },
    { name: 'needsold', version: '1.0', requires: ['cloudpickle<3'] },
    { name: 'cloudpickle', version: '2.2.1' },
    { name: 'needs-torch', version: '1.0', requires: ['torch<2.6'] },
    { name: 'torch', version: '2.5.1' },
    { name: 'evil', version: '1.0', buildMarker: join(folder, 'built') },
    { name: 'static', version: '1.0', buildMarker: join(folder, 'built-static'), requires: ['parfive'] }
  ])
  server = await serveDirectory(folder)
  github = await startGitHub()
  github.addToken('token', { contents: 'write', 'pull-requests': 'write' })
  machine = await startRunner()
  upstream = await github.addRepository('pangeo/images', {
    'pangeo-notebook/environment.yml': environment(['pip: [upstream-only]'])
  })
  own = await github.addRepository('helio/image', ownFiles('zlib', 'pip: [sunpy-soar>=1]'))
})

afterAll(async () => {
  await Promise.all([server.close(), github.close(), machine.close()])
  await rm(folder, { recursive: true, force: true })
})

function environment(lines: readonly string[], extra = '', channels = '[conda-forge]'): string {
  return `channels: ${channels}\n${extra}dependencies:\n${lines.map(line => `  - ${line}\n`).join('')}`
}

function ownFiles(...lines: readonly string[]) {
  const index = `pip-repositories: ['${server.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  return { 'environment.yml': environment([`python=${PYTHON}`, ...lines], index), 'lookup.json': '{}' }
}

async function run(
  inputs: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {}
): Promise<ActionRun> {
  await machine.checkout(own, 'main')
  return runAction(machine, {
    github,
    repository: 'helio/image',
    inputs: {
      mode: 'files',
      'upstream-repository': 'pangeo/images',
      'upstream-api-url': github.apiUrl,
      'channel-alias': server.url,
      'pypi-lookup-file': 'lookup.json',
      ...inputs
    },
    environment: { PIP_FIND_LINKS: undefined, PIP_CONFIG_FILE: '/dev/null', ...variables }
  })
}

/** What is in a prefix: conda's records, and what pip lists. */
async function contents(prefix: string): Promise<{ conda: string[]; pip: string }> {
  const conda = (await readdir(join(prefix, 'conda-meta'))).filter(name => name.endsWith('.json')).sort()
  const listed = await execute(join(prefix, 'bin', 'python'), ['-m', 'pip', 'list', '--format=freeze'])
  return { conda, pip: listed.stdout }
}

test('the same environment comes from conda-lock.yml and from the explicit file with its companion', async () => {
  const locked = await run({ 'trial-install': 'true' })
  expect(locked.stdout).toContain('No broken requirements found.')
  expect(locked.exitCode).toBe(0)
  const python = join(await toolchainBin(), 'python')
  const cache = join(folder, 'cache')
  const [left, right] = [join(folder, 'left'), join(folder, 'right')]
  const unified = fileURLToPath(new URL('../support/install_unified.py', import.meta.url))
  await execute(python, [unified, join(machine.workspace, 'conda-lock.yml'), 'linux-64', left, cache])
  await execute(python, [join(SOLVER, 'install.py'), join(machine.workspace, 'conda-linux-64.lock'), right, cache])
  const companion = join(machine.workspace, 'conda-linux-64.pip.txt')
  await execute(join(right, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '--no-deps',
    '--require-hashes',
    '-r',
    companion
  ])

  const installed = await contents(right)
  expect(installed).toEqual(await contents(left))
  expect(installed.conda).toHaveLength(4)
  expect(installed.pip).toContain('sunpy-soar==1.11\n')
  expect(installed.pip).toContain('parfive==2.1\n')
  expect(installed.pip).toContain('upstream-only==3.0\n')
  await expectLeft(locked, installed)
})

/** The trial has left the same to later steps of the job, and nothing else. */
async function expectLeft(locked: ActionRun, installed: Awaited<ReturnType<typeof contents>>): Promise<void> {
  const prefix = locked.outputs['trial-prefix'] ?? ''
  expect(await contents(prefix)).toEqual(installed)
  const temp = dirname(dirname(prefix))
  const ours = (await readdir(temp)).filter(name => name.startsWith('conda-lock-sync'))
  expect(ours).toEqual([basename(dirname(prefix))])
}

test('a source distribution is installed from both lockfiles, and its code runs only then', async () => {
  const built = join(folder, 'built-static')
  await own.commit(ownFiles('pip: [static]'))
  const locked = await run()
  expect(locked.exitCode).toBe(0)
  await expect(access(built)).rejects.toThrow('ENOENT')
  const python = join(await toolchainBin(), 'python')
  const unified = fileURLToPath(new URL('../support/install_unified.py', import.meta.url))
  const [left, right, cache] = ['left-source', 'right-source', 'cache'].map(name => join(folder, name))
  await execute(python, [unified, join(machine.workspace, 'conda-lock.yml'), 'linux-64', left ?? '', cache ?? ''])
  await access(built)
  await rm(built)
  const explicit = join(machine.workspace, 'conda-linux-64.lock')
  await execute(python, [join(SOLVER, 'install.py'), explicit, right ?? '', cache ?? ''])
  const requirements = ['--require-hashes', '-r', join(machine.workspace, 'conda-linux-64.pip.txt')]
  await execute(join(right ?? '', 'bin', 'python'), ['-m', 'pip', 'install', '--no-deps', ...requirements])
  await access(built)
  const installed = await contents(right ?? '')
  expect(installed).toEqual(await contents(left ?? ''))
  expect(installed.pip).toContain('static==1.0\n')
  expect(installed.pip).toContain('parfive==2.1\n')
})

test('the companion goes when the last pip package goes, but a file of that name that is not ours stays', async () => {
  await run()
  const made = await machine.read('conda-linux-64.pip.txt')
  expect(made).toMatch(/^--only-binary :all:$/m)
  expect(made).toMatch(/^parfive @ http:\S+parfive-2\.1-py3-none-any\.whl --hash=sha256:[0-9a-f]{64}$/m)
  const noPip = { 'environment.yml': environment([`python=${PYTHON}`, 'zlib']) }
  await upstream.commit({ 'pangeo-notebook/environment.yml': environment(['zlib']) })
  await own.commit({ ...noPip, 'conda-linux-64.pip.txt': made ?? '' })
  expect((await run()).exitCode).toBe(0)
  expect(await machine.read('conda-linux-64.pip.txt')).toBeUndefined()
  await own.commit({ 'conda-linux-64.pip.txt': '# my own\n' })
  expect((await run()).exitCode).toBe(0)
  expect(await machine.read('conda-linux-64.pip.txt')).toBe('# my own\n')
  await own.commit({ ...ownFiles('zlib', 'pip: [sunpy-soar>=1]'), 'conda-linux-64.pip.txt': null })
  await upstream.commit({ 'pangeo-notebook/environment.yml': environment(['pip: [upstream-only]']) })
})

test('a pip package that has no wheel and does not say what it needs is refused, and its code is not run', async () => {
  await own.commit(ownFiles('pip: [evil]'))
  const failed = await run()
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toMatch(/^::error .*file=environment\.yml,line=6::`evil 1\.0` has no wheel/m)
  await expect(access(join(folder, 'built'))).rejects.toThrow('ENOENT')
})

test('a name that the index lacks is told with its line', async () => {
  await own.commit(ownFiles('pip: [sunpy-soar, no-such-thing>=1]'))
  const failed = await run()
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toMatch(
    /^::error title=Locking,file=environment\.yml,line=6::The `pip:` packages cannot be locked: .*no-such-thing/m
  )
})

test('a machine without the public PyPI is told which settings it needs', async () => {
  await own.commit({ 'environment.yml': environment([`python=${PYTHON}`, 'pip: [sunpy-soar]']) })
  // conda-lock keeps the table of names there.
  const unreachable = { HTTPS_PROXY: 'http://127.0.0.1:9', XDG_CACHE_HOME: join(folder, 'cache') }
  const noIndex = await run({}, unreachable)
  expect(noIndex.stdout).toMatch(/^::error .*https:\/\/pypi\.org\/\S+ could not be fetched/m)
  expect(noIndex.stdout).toContain('`pip-repositories: [ADDRESS]` and `allow-pypi-requests: false`')
  const noTable = await run({ 'pypi-lookup-file': '' }, unreachable)
  expect(noTable.stdout).toMatch(/^::error .*table of PyPI and conda names.*`pypi-lookup-file`/m)
})

describe('a pip package that needs another version of what conda has', () => {
  const twice =
    /`cloudpickle` is locked twice: `3\.1\.1` from conda, and `2\.2\.1` from pip.*needed by `needsold` \(pip\) \(`<3`\)/

  test('is told first of all, on the line that brought it in', async () => {
    await own.commit(ownFiles('dask', 'pip: [needsold]'))
    const locked = await run()
    expect(locked.exitCode).toBe(0)
    expect(locked.stdout).toMatch(new RegExp(`^::warning file=environment\\.yml,line=7::${twice.source}`, 'm'))
    expect(locked.summary).toMatch(/### ⚠️ Look at these first\n\n- `cloudpickle` is locked twice/)
  })

  test('is refused with `on-overlap: error`', async () => {
    const refused = await run({ 'on-overlap': 'error' })
    expect(refused.exitCode).toBe(1)
    expect(refused.stdout).toMatch(
      new RegExp(`^::error title=Locking,file=environment\\.yml,line=7::${twice.source}`, 'm')
    )
    expect(await machine.read('conda-lock.yml')).toBeUndefined()
  })

  test('is found under the name that the table of names has for it', async () => {
    const table = JSON.stringify({ torch: { conda_name: 'pytorch', pypi_name: 'torch' } })
    await own.commit({ ...ownFiles('pytorch', 'pip: [needs-torch]'), 'lookup.json': table })
    expect((await run()).summary).toContain('`torch` is locked twice: `2.7.0` from conda, and `2.5.1` from pip')
    await own.commit(ownFiles('zlib'))
  })
})

test('a trial command that fails stops the run before anything is written', async () => {
  await own.commit(ownFiles('zlib'))
  const failed = await run({ 'trial-install': 'true', 'trial-command': 'python\n-c\nimport sunpy' })
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toMatch(
    /^::error title=Locking::`python -c import sunpy` failed in the trial installation: ModuleNotFoundError/m
  )
  expect(failed.outputs).not.toHaveProperty('trial-prefix')
  expect(await machine.read('conda-lock.yml')).toBeUndefined()
})

test('credentials of a private channel come from the environment and appear in no file and no log', async () => {
  const host = server.url.replace('http://', '')
  const password = 'pass-of-nobody'
  server.requireAuthorization(`Basic ${Buffer.from(`reader:${password}`).toString('base64')}`)
  const channel = `'http://\${CHANNEL_USER}:\${CHANNEL_PASSWORD}@${host}/private'`
  await upstream.commit({ 'pangeo-notebook/environment.yml': 'channels: []\ndependencies: [secret-sauce]\n' })
  await own.commit({ 'environment.yml': environment(['secret-sauce'], '', `[${channel}]`) })
  const locked = await run({ 'channel-alias': server.url }, { CHANNEL_USER: 'reader', CHANNEL_PASSWORD: password })
  server.requireAuthorization(undefined)
  const files = await Promise.all(['conda-lock.yml', 'conda-linux-64.lock'].map(path => machine.read(path)))
  expect(locked.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(password)
  expect(locked.exitCode).toBe(0)
  for (const text of files) {
    expect(text).toContain('${CHANNEL_USER}:${CHANNEL_PASSWORD}@')
    expect(text).not.toContain(password)
  }

  const forgotten = await run({ 'channel-alias': server.url }, { CHANNEL_USER: 'reader' })
  expect(forgotten.stdout).toMatch(
    /^::error title=Environment file,file=environment\.yml,line=\d+::.*the variable `CHANNEL_PASSWORD`, which is not set/m
  )
  expect(forgotten.stdout).not.toContain('was not accepted')
})
