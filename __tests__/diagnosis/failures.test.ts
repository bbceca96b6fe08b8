import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAction, startRunner } from '../support/action.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import { startGitHub, type FakeGitHub } from '../support/github.js'
import { expectGolden } from '../support/golden.js'
import { buildIndex } from '../support/pypi.js'

/** One failing input: what differs from a run that works. */
interface Failure {
  readonly upstream?: string | null
  readonly own?: string | null
  readonly inputs?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly checkout?: false
}

const environment = (lines: readonly string[], channels = '[conda-forge]') =>
  `channels: ${channels}\ndependencies:\n${lines.map(line => `  - ${line}\n`).join('')}`

const UPSTREAM = environment(['xarray', 'dask>=2025', 'numpy<2.3'])
const own = (...lines: string[]) => environment(['python=3.12', ...lines])

const bomb = `x: &a [l, l, l, l, l, l, l, l, l]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
${UPSTREAM}`

const FAILURES: Readonly<Record<string, Failure>> = {
  'upstream file missing': { inputs: { 'upstream-files': 'moved/environment.yml: NBenvironment.yml' } },
  'upstream repository missing': { inputs: { 'upstream-repository': 'pangeo-data/no-such-repository' } },
  'upstream ref missing': { inputs: { 'upstream-ref': 'v2' } },
  'upstream is not YAML': { upstream: 'channels: [conda-forge\ndependencies:\n  - numpy\n' },
  'upstream is no environment file': { upstream: '# moved\nname: pangeo\n' },
  'upstream is a YAML bomb': { upstream: bomb },
  'upstream is too large': { upstream: `${UPSTREAM}# ${'x'.repeat(1024 * 1024)}\n` },
  'upstream uses a new channel': { upstream: environment(['xarray'], '[evil, conda-forge]') },
  'upstream takes a package from another channel': { upstream: environment(['xarray', 'evil::numpy']) },
  'upstream takes a package from an address': {
    upstream: environment(['xarray', 'https://example.org/numpy-1-0.conda'])
  },
  'upstream has options and repositories in pip': {
    upstream: `${UPSTREAM}  - pip:\n    - -r https://example.org/requirements.txt\n    - -e .\n    - git+https://example.org/x.git\n`
  },
  'upstream names a package index': { upstream: `pip-repositories: [https://example.org/simple]\n${UPSTREAM}` },
  'own file missing': { own: null },
  'nothing checked out': { own: null, checkout: false },
  'own file has a number as a dependency': { own: own('3') },
  'spec that cannot be read': { own: own('numpy >>2', 'dask=1=2=3=4') },
  'channels that cannot be combined': { own: environment(['python=3.12'], '[conda-forge, pytorch]') },
  'an overlap that is refused': { own: own('numpy', 'dask>=2024'), inputs: { 'on-overlap': 'error' } },
  'a name that is misspelt': { own: own('xarry') },
  'names that no channel has': { own: own('no-such-thing', 'sunpy>=6', 'another.one') },
  'a version that does not exist': { own: own('dask=99', 'numpy>=3') },
  'a build that does not exist': { own: own('tensorflow>=2.14=*rocm*') },
  'two specs that exclude each other': { own: own('dask<2024', 'distributed>=2025') },
  'a spec that excludes one of upstream': { own: own('numpy-user<2') },
  'a deep clash': { own: own('top', 'numpy=2.2') },
  'two clashes at once': { own: own('dask<2024', 'distributed>=2025', 'numpy-user<2') },
  'a build that needs a newer CUDA': { own: own('tensorflow=2.15=cuda*') },
  'a build with CUDA for machines that have none': { own: own('tensorflow=2.15=cuda*'), inputs: { cuda: 'none' } },
  'a build whose CUDA version needs a newer CUDA': { own: own('pytorch=2.7.0=cuda126*') },
  'a package that leaves no room for another': { own: own('keeps-numpy-1', 'numpy>=2') },
  'a package whose own needs exclude each other': { own: own('at-odds') },
  'a name with an underscore instead of a hyphen': { own: own('scikit_learn') },
  'a name on PyPI that is like one in the channels': { own: own('astroscrap') },
  'a channel whose metadata is no JSON': { own: environment(['python=3.12'], '[garbage, conda-forge]') },
  'a package from a channel that does not exist': { own: own('conda-forge/label/no-such::dask') },
  'addresses with passwords': {
    own: `${own('dask')}  - pip:\n    - --index-url https://me:s3cret@pypi.example.org/simple\n    - tool @ https://me:s3cret@example.org/tool-1.tar.gz\n`
  },
  'a virtual package that is asked for': { own: own('__glibc>=2.40') },
  'a platform that the channel lacks': { inputs: { platforms: 'win-64' } },
  'the second of two platforms': { own: own('only-linux'), inputs: { platforms: 'linux-64\nosx-arm64' } },
  'a channel that does not exist': { own: environment(['python=3.12'], '[nope, conda-forge]') },
  'a channel that wants credentials': { own: environment(['python=3.12'], '[private, conda-forge]') },
  'a channel whose metadata is cut off': { own: environment(['python=3.12'], '[broken, conda-forge]') },
  'a channel that fails': { own: environment(['python=3.12'], '[failing, conda-forge]') },
  'a mirror that is down': { inputs: { 'channel-alias': 'http://127.0.0.1:9' } },
  'another conda that says little': { own: own('sunpy'), inputs: { 'conda-executable': 'CONDA' } },
  'another conda that is not there': { inputs: { 'conda-executable': 'micromamba-of-nobody' } },
  'an input that is misspelt': { inputs: { mode: 'pullrequest' } },
  'a path outside the repository': { inputs: { lockfile: '../conda-lock.yml' } }
}

/** A conda as poor in words as micromamba: it only says that it can't. */
const POOR_CONDA = `#!/bin/sh
case "$1" in
  --version) echo 2.5.0 ;;
  *) echo '{"success": false, "message": "unsupported request"}'; exit 1 ;;
esac
`

let folder: string
let server: FileServer
let github: FakeGitHub
const told = new Map<string, { exitCode: number | null; text: string; writes: number }>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failures-'))
  await buildChannels()
  server = await serveDirectory(folder)
  server.truncate(/\/broken\//)
  server.fail(/\/private\//, 403)
  server.fail(/\/failing\//, 500)
  await writeFile(join(folder, 'garbage', 'noarch', 'repodata.json'), '<html>down for maintenance</html>')
  await buildIndex(
    join(folder, 'pypi'),
    ['sunpy', 'astroscrap', 'scikit-learn'].map(name => ({ name, version: '6.0' }))
  )
  await writeFile(join(folder, 'conda'), POOR_CONDA)
  await chmod(join(folder, 'conda'), 0o755)
  github = await startGitHub()
  github.addToken('token', { contents: 'write', 'pull-requests': 'write' })
  const names = Object.keys(FAILURES)
  const work = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) await runFailure(name)
  }
  await Promise.all([work(), work(), work()])
}, 300_000)

afterAll(async () => {
  await Promise.all([server.close(), github.close()])
  await rm(folder, { recursive: true, force: true })
})

async function buildChannels(): Promise<void> {
  const linux = { subdir: 'linux-64' }
  const everywhere = [
    { name: 'pip', version: '25.0', depends: ['python'] },
    { name: 'xarray', version: '2025.8.0', depends: ['python >=3.11', 'numpy'] },
    { name: 'dask', version: '2023.12.1', depends: ['distributed 2023.12.1'] },
    { name: 'dask', version: '2025.7.0', depends: ['distributed 2025.7.0'] },
    { name: 'distributed', version: '2023.12.1', depends: ['python'] },
    { name: 'distributed', version: '2025.7.0', depends: ['python'] },
    { name: 'numpy-user', version: '1.0', depends: ['xarray', 'numpy >=2.3'] },
    { name: 'top', version: '1.0', depends: ['middle'] },
    { name: 'middle', version: '1.0', depends: ['lower'] },
    { name: 'lower', version: '1.0', depends: ['bottom'] },
    { name: 'bottom', version: '1.0', depends: ['numpy <2'] }
  ]
  await buildChannel(join(folder, 'conda-forge'), [
    ...everywhere,
    ...['linux-64', 'osx-arm64'].flatMap(subdir => [
      { name: 'python', version: '3.12.1', subdir },
      ...['1.26', '2.2', '2.3'].map(version => ({ name: 'numpy', version, subdir, depends: ['python'] }))
    ]),
    { name: 'cuda-version', version: '12.6', constrains: ['__cuda >=12'] },
    ...['py312h1', 'py313h1'].map(tag => ({
      ...{ name: 'pytorch', version: '2.7.0', build: `cuda126_${tag}_300`, buildNumber: 300, ...linux },
      depends: ['python', 'cuda-version >=12.6,<13']
    })),
    { name: 'keeps-numpy-1', version: '1.0', constrains: ['numpy <2'] },
    { name: 'at-odds', version: '1.0', depends: ['keeps-numpy-1', 'numpy-user'] },
    { name: 'scikit-learn', version: '1.7.2', ...linux, depends: ['python'] },
    { name: 'astroscrappy', version: '1.2.0' },
    { name: 'only-linux', version: '1.0', ...linux },
    {
      name: 'tensorflow',
      version: '2.15',
      build: 'cuda120py312h02dcf96_3',
      buildNumber: 3,
      ...linux,
      depends: ['python', '__cuda >=12']
    },
    { name: 'tensorflow', version: '2.15', build: 'cpu_py312h85f0d7b_0', ...linux, depends: ['python'] }
  ])
  for (const name of ['private', 'broken', 'failing', 'garbage', 'evil']) {
    await buildChannel(join(folder, name), [{ name: 'extra', version: '1.0' }])
  }
}

async function runFailure(name: string): Promise<void> {
  const failure = FAILURES[name] ?? {}
  const id = name.replaceAll(' ', '-')
  const upstream = failure.upstream ?? UPSTREAM
  await github.addRepository(`pangeo-data/${id}`, { 'pangeo-notebook/environment.yml': upstream })
  const content = failure.own === undefined ? own() : failure.own
  const mine = {
    'README.md': 'An image.\n',
    ...(content === null ? {} : { 'environment.yml': content }),
    ...failure.files
  }
  const repository = await github.addRepository(`helio/${id}`, mine)
  const machine = await startRunner()
  try {
    if (failure.checkout !== false) await machine.checkout(repository, 'main')
    const inputs = {
      token: 'token',
      'upstream-repository': `pangeo-data/${id}`,
      'upstream-api-url': github.apiUrl,
      'channel-alias': server.url,
      ...failure.inputs
    }
    const run = await runAction(machine, {
      github,
      repository: `helio/${id}`,
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([key, value]) => [key, value.replace('CONDA', join(folder, 'conda'))])
      ),
      environment: { PIP_INDEX_URL: `${server.url}/pypi/simple/`, PIP_FIND_LINKS: undefined }
    })
    const writes = github.calls.filter(call => call.method !== 'GET' && call.path.includes(`/helio/${id}/`)).length
    told.set(name, { exitCode: run.exitCode, text: annotations(run.stdout, machine.workspace), writes })
  } finally {
    await machine.close()
  }
}

/** The annotations as a person reads them: where, what is wrong, what to do. */
function annotations(stdout: string, workspace: string): string {
  return (
    stdout
      .split('\n')
      .filter(line => /^::(?:error|warning)/.test(line))
      .map(line => line.replace(/^::(\w+) ?(.*?)::/, (_match, kind: string, fields: string) => `${kind} ${fields}\n`))
      .join('\n\n')
      .replaceAll('%25', '%')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll(server.url, 'http://mirror')
      .replaceAll(github.url.replace('http://', ''), 'github')
      // Both folders are asked for at once; which answer comes first is chance.
      .replaceAll(/(?:noarch|linux-64)\/repodata/g, 'SUBDIR/repodata')
      .replaceAll(/ at [0-9a-f]{7}\b/g, ' at 0123456')
      .replaceAll(workspace, '/workspace')
      .replaceAll(folder, '/folder')
      .concat('\n')
  )
}

describe.each(Object.keys(FAILURES))('%s', name => {
  test('is told with file, line and next step, and nothing changes', async () => {
    const result = told.get(name)
    expect(result?.exitCode).toBe(1)
    expect(result?.writes).toBe(0)
    await expectGolden(join('golden', 'failures', `${name.replaceAll(' ', '-')}.txt`), result?.text ?? '')
  })
})
