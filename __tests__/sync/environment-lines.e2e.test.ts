/** What is written in an environment file counts, or a person is told that it does not, at the very line. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ActionRun } from '../support/action.js'
import { buildIndex } from '../support/pypi.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import {
  annotations,
  startChannel,
  startWorld,
  PACKAGES,
  type Channel,
  type Project,
  type World
} from '../support/world.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let world: World
let channel: Channel
let index: FileServer
let folder: string
let project: Project

beforeAll(async () => {
  world = await startWorld()
  channel = await startChannel(PACKAGES)
  folder = await mkdtemp(join(tmpdir(), 'index-'))
  await buildIndex(folder, [{ name: 'tinydep', version: '1.0' }])
  index = await serveDirectory(folder)
  project = await world.project('lines', { channel })
})
afterAll(async () => {
  await Promise.all([world.close(), channel.close(), index.close()])
  await rm(folder, { recursive: true })
})

const DEPENDENCIES = 'channels: [conda-forge]\ndependencies:\n'

async function lock(text: string, inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  await project.own.commit({ 'environment.yml': text, 'lookup.json': '{}' })
  return project.run({
    inputs: { mode: 'files', 'pypi-lookup-file': 'lookup.json', ...inputs },
    environment: { PIP_FIND_LINKS: undefined, PIP_CONFIG_FILE: '/dev/null' }
  })
}

/** Annotations on the own file, as `LINE: TEXT`. */
function told(run: ActionRun, kind: 'error' | 'warning'): string[] {
  return annotations(run, kind)
    .filter(line => line.includes('file=environment.yml'))
    .map(line => line.replace(/^::\w+ .*?line=(\d+).*?::/, '$1: ').replaceAll('%0A', ' '))
}

describe('what has no effect is one warning, with each line', () => {
  test.each([
    [
      'expressions in brackets',
      '  - dask  # [not win]\n  - numpy\n',
      /^3: .*line 3, `dask`: `\[not win\]` in the comment/
    ],
    [
      'brackets in a comment',
      '  - dask  # bars [asked for by us]\n  - numpy\n',
      /^3: .*`\[asked for by us\]` in the comment/
    ],
    ['extras', '  - dask[complete]\n', /^3: .*line 3, `dask\[complete\]`: it counts, but without `\[complete\]`/],
    ['a build number', '  - dask[build_number=0]\n', /^3: .*but without `build_number=0`/],
    ['a key', '  - dask\nplatforms: [linux-64, osx-arm64]\n', /^4: .*line 4, `platforms:`: the input `platforms`/],
    [
      'two keys beside those that no lock has',
      '  - dask\nvariables: {A: b}\nprefix: /opt/envs/x\nname: x\nchannel_priority: strict\n',
      /^4: [^/]*line 4, `variables:`: conda-lock does not read it [^/]*line 7, `channel_priority:`[^/]*$/
    ],
    ['a section', '  - dask\n  - python: 3\n', /^4: .*line 4, `python:`: a section and not a spec/]
  ])('%s', async (_what, lines, message) => {
    const run = await lock(DEPENDENCIES + lines)
    expect(told(run, 'warning')).toEqual([expect.stringMatching(message)])
    expect(run.exitCode).toBe(0)
    expect(run.summary).toContain('> conda-lock does not use all of `environment.yml`:')
  })

  test('platforms that are those of the input', async () => {
    const run = await lock(`${DEPENDENCIES}  - dask\nplatforms: [linux-64]\n`)
    expect(told(run, 'warning')).toEqual([])
  })

  test('entries of a `pip:` section', async () => {
    const lines = ['dask', 'pip:', '  - -e .', '  - tinydep; python_version < "3.9"'].map(line => `  - ${line}`)
    const text = `pip-repositories: ["${index.url}/simple/"]\nallow-pypi-requests: false\n${DEPENDENCIES}`
    const run = await lock(`${text}${lines.join('\n').replaceAll('-   -', '    -')}\n`)
    expect(told(run, 'warning')).toEqual([
      expect.stringMatching(
        /^7: .*line 7, `-e \.`: an editable .*line 8, `tinydep; .*without `; python_version < "3\.9"`/
      )
    ])
    expect(await project.machine.read('conda-lock.yml')).toContain('name: tinydep')
  })

  test('upstream’s lines are told as well, and lines for other platforms only in the log', async () => {
    await project.upstream.commit({
      'pangeo-notebook/environment.yml': `name: pangeo\nvariables: {A: b}\n${DEPENDENCIES}  - python=3.11\n  - xarray\n`
    })
    const run = await lock(`${DEPENDENCIES}  - dask\n  - pywin32  # [win]\n`)
    expect(told(run, 'warning')).toEqual([])
    expect(annotations(run, 'warning')).toEqual([
      expect.stringMatching(/file=NBenvironment\.yml,line=2::.*`variables:`/)
    ])
    expect(run.stdout).toContain('For other platforms in environment.yml: line 4\n')
  })
})

const REPODATA = /^\/conda-forge\/(?:linux-64|noarch)\/repodata/

describe('what cannot be locked is an error before the solve, at its line', () => {
  test.each([
    [
      'a key twice',
      `${DEPENDENCIES}  - dask\ndependencies:\n  - numpy\n`,
      /^4: .*`dependencies:` twice, in line 2 and in line 4/
    ],
    [
      'options of pip',
      `${DEPENDENCIES}  - pip:\n    - -r requirements.txt\n`,
      /^4: .*option of pip.* List the packages of that file here/
    ],
    [
      'an index as an option',
      `${DEPENDENCIES}  - pip:\n    - --index-url x\n`,
      /^4: .*`pip-repositories: \[ADDRESS\]`/
    ],
    ['a repository', `${DEPENDENCIES}  - pip:\n    - git+https://example.org/x\n`, /^4: .*it is a repository/],
    [
      'a repository by ssh',
      `${DEPENDENCIES}  - pip:\n    - git+ssh://git@example.org/x.git#egg=x\n`,
      /^4: .*it is a repository/
    ],
    ['a repository with its name', `${DEPENDENCIES}  - pip:\n    - x@git+ssh.example:x\n`, /^4: .*it is a repository/],
    ['a path', `${DEPENDENCIES}  - pip:\n    - ../x\n`, /^4: .*it is a path/],
    ['a name with a star', `${DEPENDENCIES}  - dask*\n`, /^3: .*`dask\*` does not name one package/],
    [
      'a server in a spec',
      `${DEPENDENCIES}  - https://mirror.example/c::dask\n`,
      /^3: .*takes only a name before `::`.*channel called `c`/
    ],
    [
      'an option beside a package',
      `${DEPENDENCIES}  - pip:\n    - torch --index-url https://x\n`,
      /^4: .*`pip-repositories: \[ADDRESS\]`/
    ],
    [
      'brackets that leave nothing',
      `${DEPENDENCIES}  - dask  # [not win]\n`,
      /^3: .*for linux-64: brackets in comments, such as `# \[not win\]`/
    ],
    [
      'a channel of one machine',
      'channels:\n  - file:///srv/c\n  - conda-forge\ndependencies: [dask]\n',
      /^2: .*`file:\/\/\/srv\/c` is a folder/
    ],
    [
      'nothing under channels',
      'channels:\n#  - conda-forge\ndependencies: [dask]\n',
      /^1: .*has nothing under `channels:`/
    ]
  ])('%s', async (_what, text, message) => {
    channel.requests.length = 0
    const run = await lock(text)
    expect(told(run, 'error')).toEqual([expect.stringMatching(message)])
    expect(run.exitCode).toBe(1)
    // What the channel has is fetched while conda-lock is being loaded; nothing of what the entry names is.
    expect(channel.requests.filter(({ path }) => !REPODATA.test(path))).toEqual([])
  })

  test('a file that conda-lock takes for a recipe', async () => {
    await project.own.commit({ 'meta.yaml': `${DEPENDENCIES}  - dask\n` })
    const run = await lock(`${DEPENDENCIES}  - dask\n`, { 'environment-files': 'meta.yaml' })
    expect(annotations(run, 'error')).toEqual([
      expect.stringMatching(/`meta\.yaml` has a name that conda-lock takes for the recipe/)
    ])
    expect(run.exitCode).toBe(1)
  })
})

test.each([
  'foo@git+evil.example:x/y.git',
  'foo @ ../x',
  'foo[a]@/x ; python_version<"3"',
  'foo@git+https://x/y; os_name=="nt"'
])('upstream may not bring in %s, which is told once, at its line', async requirement => {
  const upstream = 'pangeo-notebook/environment.yml'
  const usual = (await project.upstream.read(upstream, 'main')) ?? ''
  await project.upstream.commit({ [upstream]: `${DEPENDENCIES}  - python=3.11\n  - pip:\n    - '${requirement}'\n` })
  const run = await lock(`${DEPENDENCIES}  - dask\n`)
  await project.upstream.commit({ [upstream]: usual })
  expect(annotations(run, 'error')).toEqual([
    expect.stringMatching(/^::error title=Upstream,file=NBenvironment\.yml,line=5::.*an address or an option/)
  ])
  expect(run.exitCode).toBe(1)
})

describe('channels that conda-lock cannot combine', () => {
  test.each([
    ['conda-forge, defaults', /^3: .* ask for each package .*elsewhere as `defaults::package`/],
    [
      'CHAN/conda-forge',
      /^2: .*conda-forge` is the channel `conda-forge`. Give environment.yml the channels `conda-forge`\./
    ]
  ])('%s: the priority that is written stays', async (channels, message) => {
    const list = channels.split(', ').map(name => `  - ${name.replace('CHAN', channel.alias)}\n`)
    const run = await lock(`channels:\n${list.join('')}dependencies: [dask]\n`)
    expect(told(run, 'error')).toEqual([expect.stringMatching(message)])
    expect(run.exitCode).toBe(1)
  })
})

test('the advice for channels can be followed: `channel::package` from a channel that no list has', async () => {
  await buildChannel(join(folder, 'conda-forge'), PACKAGES)
  await buildChannel(join(folder, 'other'), [
    { name: 'samtools', version: '1.2' },
    { name: 'numpy', version: '3.0' }
  ])
  const run = await lock(`${DEPENDENCIES}  - numpy\n  - other::samtools\n`, { 'channel-alias': index.url })
  expect(told(run, 'error')).toEqual([])
  const explicit = await project.machine.read('conda-linux-64.lock')
  expect(explicit).toContain('/other/noarch/samtools-1.2')
  expect(explicit).toContain('/conda-forge/noarch/numpy-2.1.0')
})

test('packages of every category are in both lockfiles', async () => {
  const run = await lock(`category: docs\n${DEPENDENCIES}  - dask\n`)
  expect(run.exitCode).toBe(0)
  expect(await project.machine.read('conda-lock.yml')).toMatch(/name: dask[^]*?category: docs/)
  expect(await project.machine.read('conda-linux-64.lock')).toContain('/dask-')
})
