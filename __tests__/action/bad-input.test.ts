/** Each mistake is one clear error, and changes nothing in the checkout or on GitHub. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import {
  annotations,
  commands,
  environment,
  OWN_YML,
  snapshot,
  startWorld,
  UPSTREAM_YML,
  type RunOptions
} from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'bad-input-'))

afterAll(() => Promise.all([world.close(), rm(folder, { recursive: true })]))

/** Upstream files by the mistake that they are. */
const BROKEN = {
  'not-yaml.yml': 'name: x\ndependencies:\n  - [a\n',
  'no-environment.yml': 'services:\n  web: {}\n',
  'empty.yml': '',
  'no-text.yml': Buffer.from([0xff, 0xfe, 0x00]),
  'odd-keys.yml': `? ["##[set-output name=operation;]evil"]\n: x\n${UPSTREAM_YML}`,
  'bomb.yml': bomb()
}

// Since nothing may ever change, one pair of repositories does for all mistakes.
const project = await world.project('mistakes', { upstream: BROKEN })

/** A few lines of YAML that are a million entries. */
function bomb(): string {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f']
  const lines = levels.map(
    (name, index) =>
      `${name}: &${name} [${Array(10)
        .fill(index === 0 ? 'x' : `*${levels[index - 1] ?? ''}`)
        .join()}]`
  )
  return [...lines, UPSTREAM_YML].join('\n')
}

interface Mistake extends Omit<RunOptions, 'before'> {
  readonly what: string
  /** Written over the checkout. */
  readonly files?: Readonly<Record<string, string>>
  /** What the annotation says, as the runner gets it. */
  readonly says: readonly (RegExp | string)[]
  /** Whether a line of it is warned of before that, because it has no effect. */
  readonly warned?: boolean
}

async function expectRefusal({ files = {}, says, warned = false, ...options }: Omit<Mistake, 'what'>): Promise<void> {
  const machine = await world.machine()
  let before: unknown
  const run = await project.run({
    ...options,
    machine,
    before: async () => {
      for (const [path, content] of Object.entries(files)) await machine.write(path, content)
      before = await snapshot(machine.workspace)
    }
  })
  expect(run).toMatchObject({ exitCode: 1, outputs: {}, summary: '' })
  const errors = annotations(run, 'error')
  expect(errors).toHaveLength(1)
  for (const text of says) expect(errors[0]).toMatch(text)
  expect(errors[0]).not.toContain('defect')
  expect(commands(run.stdout)).toEqual(expect.arrayContaining(['error']))
  const usual = ['add-mask', 'group', 'endgroup', 'error', ...(warned ? ['warning'] : [])]
  expect(commands(run.stdout).filter(name => !usual.includes(name))).toEqual([])
  expect(await snapshot(machine.workspace)).toEqual(before)
  expect(project.writes()).toEqual([])
  expect(await project.own.branches()).toEqual(['main'])
}

function upstreamFile(path: string): Readonly<Record<string, string>> {
  return { 'upstream-files': `${path}: NBenvironment.yml` }
}

world.github.inject({ path: /^\/repos\/pangeo\/hangs\//, hang: true })

const UPSTREAM: readonly Mistake[] = [
  {
    what: 'an upstream file that does not exist',
    inputs: { 'upstream-files': 'gone/environment.yml: NBenvironment.yml' },
    says: ['title=Upstream', 'no file `gone/environment.yml`', 'correct `upstream-files`']
  },
  {
    what: 'an upstream repository that does not exist',
    inputs: { 'upstream-repository': 'pangeo/none' },
    says: ['title=Upstream', 'pangeo/none', '`upstream-repository`', '`upstream-token`']
  },
  {
    what: 'an upstream ref that does not exist',
    inputs: { 'upstream-ref': 'no-such-branch' },
    says: ['title=Upstream', '`no-such-branch`', '`upstream-ref`']
  },
  {
    what: 'an upstream repository without a release',
    inputs: { 'upstream-ref': 'latest-release' },
    says: ['title=Upstream', 'has no release', '`upstream-ref`']
  },
  {
    what: 'an upstream file that is not YAML',
    inputs: upstreamFile('not-yaml.yml'),
    says: [/file=NBenvironment\.yml,line=\d/, 'not valid YAML', 'not-yaml.yml of pangeo/mistakes']
  },
  {
    what: 'an upstream file that is YAML but no environment file',
    inputs: upstreamFile('no-environment.yml'),
    says: [/file=NBenvironment\.yml,line=1/, 'not an environment file', '`dependencies:`']
  },
  {
    what: 'an upstream file that is empty',
    inputs: upstreamFile('empty.yml'),
    says: ['file=NBenvironment.yml', 'not an environment file']
  },
  {
    what: 'an upstream file that is not text',
    inputs: upstreamFile('no-text.yml'),
    says: ['file=NBenvironment.yml', 'UTF-8']
  },
  {
    what: 'an upstream file with keys that are lists',
    inputs: upstreamFile('odd-keys.yml'),
    says: ['file=NBenvironment.yml,line=1', 'not valid YAML']
  },
  {
    what: 'an upstream file that is an attack on memory',
    inputs: upstreamFile('bomb.yml'),
    says: ['file=NBenvironment.yml', 'not valid YAML']
  },
  {
    what: 'an upstream GitHub that does not answer in time',
    inputs: { 'upstream-repository': 'pangeo/hangs', timeout: '0.03' },
    says: ['took longer than `timeout` allows', 'It was waiting for: Fetching upstream; GET http://127.0.0.1:']
  }
]

const OWN: readonly Mistake[] = [
  {
    what: 'a local environment file that is missing',
    inputs: { 'environment-files': 'environment.yml\nenvs/gone.yml' },
    says: ['title=Environment file,file=envs/gone.yml', 'no file `envs/gone.yml`', '`environment-files`']
  },
  {
    what: 'no checkout at all',
    checkout: false,
    says: ['title=Environment file', '`environment.yml`', 'actions/checkout']
  },
  {
    what: 'a folder instead of an environment file',
    files: { 'envs/a.yml': OWN_YML },
    inputs: { 'environment-files': 'envs' },
    says: ['title=Environment file', '`envs` is a folder']
  },
  {
    what: 'a local environment file that is not YAML',
    files: { 'environment.yml': `${OWN_YML}\t- tab\n` },
    says: ['title=Environment file,file=environment.yml,line=5', 'not valid YAML']
  },
  {
    what: 'something else than specs among the dependencies',
    files: { 'environment.yml': `${OWN_YML}  - 2025\n` },
    says: ['file=environment.yml,line=5', 'neither a spec such as `name=1.2` nor a `pip:` section', '2025']
  },
  {
    what: 'specs that would be commands of the runner',
    files: {
      'environment.yml': environment('dask', '"::set-output name=operation::evil"', '"##[set-output name=a;]evil"')
    },
    says: [/evil/],
    warned: true
  }
]

const INPUTS: readonly Mistake[] = [
  {
    what: 'an unknown mode',
    inputs: { mode: 'push' },
    says: ['title=Input', '`mode`', '`push`', '`pull-request`', '`files`']
  },
  { what: 'an unknown platform', inputs: { platforms: 'linux-65' }, says: ['`platforms`', '`linux-65`', 'linux-64'] },
  { what: 'a path outside', inputs: { lockfile: '../conda-lock.yml' }, says: ['`lockfile`', 'outside the repository'] },
  { what: 'no token', inputs: { token: '' }, says: ['title=Input', '`token`', 'is empty', '`mode: files`'] },
  { what: 'a token that GitHub does not know', inputs: { token: 'expired' }, says: ['title=GitHub', '401', '`token`'] },
  {
    what: 'a conda that is not there',
    inputs: { 'conda-executable': '/no/conda' },
    says: ['`conda-executable`', '/no/conda']
  },
  { what: 'a base branch that is not there', inputs: { base: 'gone' }, says: ['title=GitHub', '`gone`'] },
  {
    what: 'the base branch as the branch to push to',
    inputs: { branch: 'main' },
    says: ['title=Input', '`branch`', '`main`']
  }
]

const SOLVES: readonly Mistake[] = [
  {
    what: 'a package that no channel has',
    files: { 'environment.yml': environment('dask', 'no-such-package>=2', 'numpy') },
    says: [
      'title=Locking,file=environment.yml,line=5',
      'None of the channels has `no-such-package` for linux-64',
      'Correct the name'
    ]
  },
  {
    what: 'two specs that cannot be met',
    files: { 'environment.yml': environment('needs-old-numpy', 'numpy>=2') },
    says: [
      'title=Locking,file=environment.yml,line=5',
      'exclude each other on linux-64',
      '`numpy>=2`',
      '`needs-old-numpy`'
    ]
  },
  {
    what: 'a spec that conda-lock cannot read',
    files: { 'environment.yml': environment('dask', 'xarray >=2025,,<2026') },
    says: ['title=Environment file,file=environment.yml,line=5', '`xarray >=2025,,<2026`', '`name>=1.2,<2`']
  },
  {
    what: 'a spec that the solver cannot read',
    files: { 'environment.yml': environment('dask', 'x@array') },
    says: ['title=Environment file,file=environment.yml,line=5', 'x@array', '`name>=1.2,<2`']
  },
  {
    what: 'a channel that cannot be reached',
    inputs: { 'channel-alias': 'http://127.0.0.1:1' },
    says: ['title=Locking', 'http://127.0.0.1:1/conda-forge', '`channel-alias`']
  }
]

describe.each([
  ['upstream', UPSTREAM],
  ['the repository', OWN],
  ['the inputs', INPUTS],
  ['the solve', SOLVES]
])('in %s', (_where, mistakes) => {
  test.concurrent.each(mistakes)('$what', async ({ what, ...mistake }) => {
    expect(what).not.toBe('')
    await expectRefusal(mistake)
  })
})

describe('in Python', () => {
  /** A Python that says of itself what it likes; `venv` is what it does instead of making an environment. */
  const fake = async (name: string, version: string, venv: string) => {
    const path = join(folder, name)
    await writeFile(
      path,
      `#!/bin/sh\nif [ "$3" = venv ]; then ${venv}; else printf "${version}\\t/fake\\tx86_64\\tglibc\\n"; fi\n`
    )
    await chmod(path, 0o755)
    return path
  }

  test.concurrent('that is missing', () =>
    expectRefusal({
      inputs: { python: 'python-of-nobody' },
      says: ['title=Toolchain', '`python-of-nobody`', 'setup-python']
    })
  )

  test.concurrent('that is too old', async () => {
    const python = await fake('old', '3.9.18', 'false')
    await expectRefusal({ inputs: { python }, says: ['title=Toolchain', 'Python 3.9', 'too old', '3.10'] })
  })

  test.concurrent('that is none', async () => {
    const python = join(folder, 'none')
    await writeFile(python, '#!/bin/sh\necho "cannot run" >&2\nexit 1\n')
    await chmod(python, 0o755)
    await expectRefusal({ inputs: { python }, says: ['title=Toolchain', 'does not work as a Python', 'cannot run'] })
  })

  test.concurrent('without venv', async () => {
    const python = await fake('bare', '3.12.99', 'echo "/fake: No module named venv" >&2; exit 1')
    const says = ['title=Toolchain', 'No module named venv', 'python3-venv']
    await expectRefusal({ inputs: { python }, environment: { RUNNER_TOOL_CACHE: join(folder, 'bare-tools') }, says })
  })

  test.concurrent('whose pip cannot install, and nothing half-made is left', async () => {
    const pip = `#!/bin/sh\\necho 'ERROR: No matching distribution found for conda-lock' >&2\\nexit 1\\n`
    const make = `mkdir -p "$4/bin" && printf "${pip}" > "$4/bin/python" && chmod +x "$4/bin/python"`
    const python = await fake('offline', '3.12.98', make)
    const tools = join(folder, 'offline-tools')
    const says = ['title=Toolchain', 'No matching distribution found for conda-lock', 'PIP_INDEX_URL']
    await expectRefusal({ inputs: { python }, environment: { RUNNER_TOOL_CACHE: tools }, says })
    expect(await readdir(join(tools, 'conda-lock-sync'))).toEqual([])
  })
})
