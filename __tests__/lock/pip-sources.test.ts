/** pip packages that have no wheel for the target, by the real conda-lock. A build of any of them would leave a mark. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SyncError } from '../../src/common/errors.js'
import { isSource } from '../../src/lockfile/package.js'
import { sourceNotes } from '../../src/report/sources.js'
import { buildChannel, serveDirectory, type FileServer } from '../support/channel.js'
import type { Given } from '../support/inputs.js'
import { lockOnce } from '../support/lock-once.js'
import { buildIndex, type PypiPackageSpec } from '../support/pypi.js'

let folder: string
let server: FileServer

const pkgInfo = (name: string, fields: string, version = '2.4') =>
  `Metadata-Version: ${version}\nName: ${name}\nVersion: 1.0\n${fields}`
const project = (name: string, fields: string) => `[project]\nname = "${name}"\nversion = "1.0"\n${fields}`

/** Source distributions that say what they need, by name; each needs `helper`. */
const STATIC: Readonly<Record<string, PypiPackageSpec['archive']>> = {
  'pkg-info': { 'PKG-INFO': pkgInfo('pkg_info', 'Requires-Dist: helper\nDynamic: License-File\n') },
  'old-pkg-info-and-project': {
    'PKG-INFO': pkgInfo('old-pkg-info-and-project', '', '2.1'),
    'pyproject.toml': project('Old.pkg_info-and-project', 'dependencies = ["helper"]\n')
  },
  'dynamic-version': {
    'PKG-INFO': null,
    'pyproject.toml': `[project]\nname = "dynamic-version"\ndynamic = ["version", "readme"]\ndependencies = ["helper>=1"]\n`
  },
  'dynamic-project-and-pkg-info': {
    'pyproject.toml': project('dynamic-project-and-pkg-info', 'dynamic = ["dependencies"]\n'),
    'PKG-INFO': pkgInfo('dynamic-project-and-pkg-info', 'Requires-Dist: helper\n', '2.2')
  },
  'no-toml': { 'pyproject.toml': '[project', 'PKG-INFO': pkgInfo('no-toml', 'Requires-Dist: helper\n') },
  'by-marker': {
    'PKG-INFO': pkgInfo(
      'by-marker',
      'Requires-Dist: helper; python_version >= "3.12"\nRequires-Dist: absent; sys_platform == "win32"\n'
    )
  },
  'by-extra': {
    'pyproject.toml': project('by-extra', '[project.optional-dependencies]\nmore = ["helper"]\nnever = ["absent"]\n')
  }
}

/** Source distributions whose needs are only known after a build, and why. */
const NOT_STATIC: Readonly<Record<string, readonly [PypiPackageSpec['archive'], string]>> = {
  'setup-py': [
    { 'pyproject.toml': null, 'PKG-INFO': pkgInfo('setup-py', 'Requires-Dist: helper\n', '2.1') },
    'it has no pyproject.toml and its PKG-INFO (metadata version 2.1) does not say what holds for every build'
  ],
  'no-metadata': [{ 'pyproject.toml': null, 'PKG-INFO': null }, 'it has no pyproject.toml and it has no PKG-INFO'],
  'dynamic-needs': [
    { 'PKG-INFO': pkgInfo('dynamic-needs', 'Dynamic: requires-dist\n') },
    'its PKG-INFO says that `requires-dist` is dynamic'
  ],
  'dynamic-extras': [
    { 'PKG-INFO': pkgInfo('dynamic-extras', 'Dynamic: Provides-Extra\n') },
    'its PKG-INFO says that `Provides-Extra` is dynamic'
  ],
  'dynamic-project': [
    {
      'PKG-INFO': null,
      'pyproject.toml': project('dynamic-project', 'dynamic = ["optional-dependencies"]\ndependencies = []\n')
    },
    'its pyproject.toml says that `optional-dependencies` is dynamic and it has no PKG-INFO'
  ],
  'for-poetry': [
    { 'PKG-INFO': null, 'pyproject.toml': `${project('for-poetry', '')}[tool.poetry.dependencies]\nhelper = "*"\n` },
    'its pyproject.toml leaves its dependencies to Poetry'
  ],
  'only-poetry': [
    { 'PKG-INFO': null, 'pyproject.toml': '[tool.poetry]\nname = "only-poetry"\nversion = "1.0"\n' },
    'its pyproject.toml has no [project] table'
  ],
  'of-another': [{ 'PKG-INFO': pkgInfo('somebody-else', '') }, 'its PKG-INFO is that of somebody-else'],
  'other-version': [
    { 'PKG-INFO': 'Metadata-Version: 2.4\nName: other-version\nVersion: 2.0\n' },
    'its PKG-INFO is that of version 2.0'
  ],
  unreadable: [{ 'PKG-INFO': pkgInfo('unreadable', 'Requires-Dist: helper >>> 1\n') }, 'its PKG-INFO cannot be read'],
  'by-address': [
    { 'PKG-INFO': pkgInfo('by-address', 'Requires-Dist: helper @ git+ssh://host.example/helper\n') },
    'its PKG-INFO asks for helper from an address'
  ]
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pip-sources-'))
  const buildMarker = join(folder, 'built')
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'linux-64' },
    { name: 'python', version: '3.12.11', build: 'h9e4cc4f_0_cpython', subdir: 'osx-arm64' },
    { name: 'pip', version: '25.2', depends: ['python'] },
    { name: 'conda-has-it', version: '1.0', depends: ['python'] }
  ])
  const source = (name: string, archive: PypiPackageSpec['archive']): PypiPackageSpec => ({
    name,
    version: '1.0',
    buildMarker,
    ...(archive === undefined ? {} : { archive })
  })
  await buildIndex(join(folder, 'pypi'), [
    { name: 'helper', version: '1.0' },
    ...Object.entries(STATIC).map(([name, archive]) => source(name, archive)),
    ...Object.entries(NOT_STATIC).map(([name, [archive]]) => source(name, archive)),
    { ...source('zipped', { 'PKG-INFO': pkgInfo('zipped', 'Requires-Dist: helper\n') }), zip: true },
    { name: 'brings', version: '1.0', requires: ['setup-py', 'dynamic.needs[fast]'] },
    { name: 'brings-more', version: '1.0', requires: ['helper', "builds; extra == 'more'"] },
    { name: 'partly', version: '1.0', tag: 'cp312-cp312-manylinux_2_17_x86_64', requires: ['helper'] },
    source('partly', { 'pyproject.toml': null, 'PKG-INFO': null }),
    { name: 'for-a-mac', version: '1.0', tag: 'cp312-cp312-macosx_11_0_arm64' },
    { name: 'new-glibc', version: '1.0', tag: 'cp312-cp312-manylinux_2_34_x86_64' },
    { name: 'had-wheels', version: '0.9' },
    { name: 'had-wheels', version: '0.8' },
    source('had-wheels', {}),
    source('conda-has-it', {}),
    source('tampered', { 'PKG-INFO': pkgInfo('tampered', '') }),
    { name: 'needs-conda', version: '1.0', requires: ['conda-has-it'] },
    { name: 'new-python', version: '1.0', requires: [], requiresPython: '>=3.13', buildMarker },
    { name: 'moved-on', version: '1.0', requires: [], requiresPython: '>=3.9', buildMarker },
    { name: 'moved-on', version: '2.0', requiresPython: '>=3.13', buildMarker, archive: { 'PKG-INFO': null } },
    source('builds', { 'PKG-INFO': null })
  ])
  server = await serveDirectory(folder)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** An environment file whose requirements for pip start in line 7. */
function environment(requirements: readonly string[], conda: readonly string[] = []): string {
  const index = `pip-repositories: ['${server.url}/pypi/simple/']\nallow-pypi-requests: false\n`
  const lines = [...conda, 'python=3.12', 'pip:'].map(line => `  - ${line}\n`)
  return `channels: [conda-forge]\n${index}dependencies:\n${[...lines, ...requirements.map(line => `    - ${line}\n`)].join('')}`
}

async function lock(requirements: readonly string[], inputs: Given = {}, conda: readonly string[] = []) {
  return (
    await lockOnce({ environments: { 'environment.yml': environment(requirements, conda) }, alias: server.url, inputs })
  ).locked
}

/** What is refused, in the order of the lines. */
async function refused(requirements: readonly string[], inputs: Given = {}, conda: readonly string[] = []) {
  const error: unknown = await lock(requirements, inputs, conda).then(
    () => undefined,
    (reason: unknown) => reason
  )
  if (!(error instanceof SyncError)) throw new Error('nothing was refused', { cause: error })
  return [error, ...error.others].map(({ message, hint, place }) => ({ line: place?.line, text: `${message} ${hint}` }))
}

async function expectNoCodeRan(): Promise<void> {
  await expect(access(join(folder, 'built'))).rejects.toThrow('ENOENT')
}

test.concurrent('source distributions that say what they need are locked without running their code', async () => {
  const names = [...Object.keys(STATIC).filter(name => name !== 'by-extra'), 'by-extra[more]', 'zipped']
  const locked = await lock(names)
  const pins = locked.unified.packages.filter(({ manager }) => manager === 'pip')
  const expected = [...Object.keys(STATIC), 'zipped'].sort()
  expect(pins.filter(isSource).map(({ name }) => name)).toEqual(expected)
  expect(pins.filter(pin => !isSource(pin)).map(({ name }) => name)).toEqual(['helper'])
  for (const pin of pins) expect(pin.hash).toMatch(/^sha256:/)
  const companion = locked.companions[0]?.text?.split('\n') ?? []
  expect(companion.slice(2, 3 + expected.length)).toEqual([
    '--only-binary :all:',
    ...expected.map(name => `--no-binary ${name}`)
  ])
  expect(sourceNotes(locked)[0]).toContain('8 pip packages are locked without a wheel')
  await expectNoCodeRan()
})

test.concurrent('all others are refused at once, before the solve, each with its line and the reason', async () => {
  const names = Object.keys(NOT_STATIC)
  const errors = await refused(['helper', ...names])
  expect(errors.map(({ line }) => line)).toEqual(names.map((_, index) => 8 + index))
  Object.entries(NOT_STATIC).forEach(([name, [, reason]], index) => {
    const text = errors[index]?.text
    expect(text).toContain(`\`${name} 1.0\` has no wheel for linux-64 and Python 3.12.11`)
    expect(text).toContain(reason)
    expect(text).toContain(`or name \`${name}\` in \`build-from-source\``)
  })
  await expectNoCodeRan()
})

test.concurrent('with `policy-on: all` nothing is built, and the advice is another', async () => {
  const [error] = await refused(['helper', 'builds'], { 'build-from-source': 'builds', 'policy-on': 'all' })
  expect(error?.text).toContain('or lock where `policy-on` is `upstream`: with `all` nothing is built.')
  await expectNoCodeRan()
})

test.concurrent('what a wheel brings in is refused at the entry that it is there for, all of it', async () => {
  const errors = await refused(['helper', 'brings', 'brings-more[more]'])
  expect(errors.map(({ line }) => line)).toEqual([8, 8, 9])
  expect(errors[2]?.text).toContain('`brings-more` → `builds`.')
  expect(errors[0]?.text).toContain('`brings` → `dynamic-needs`.')
  expect(errors[1]?.text).toContain(
    '`brings` (environment.yml, line 8) brings it in: `brings` → `setup-py`. Take the package from conda'
  )
})

test.concurrent.each([
  ['for-a-mac', 'has no file for linux-64 and Python 3.12.11, only `for_a_mac-1.0-cp312-cp312-macosx_11_0_arm64.whl`.'],
  ['new-glibc', 'only `new_glibc-1.0-cp312-cp312-manylinux_2_34_x86_64.whl`. conda-lock takes wheels for'],
  ['had-wheels', 'or ask for a version that has a wheel, such as `had-wheels==0.9`']
])('%s is told with the files that there are', async (name, text) => {
  const [error] = await refused(['helper', name])
  expect(error).toEqual({ line: 8, text: expect.stringContaining(text) })
})

test.concurrent('a wheel for one platform says nothing of the source distribution for another', async () => {
  const locked = await lock(['partly'])
  expect(locked.unified.packages.some(({ name }) => name === 'helper')).toBe(true)
  const [error] = await refused(['partly'], { platforms: 'linux-64\nosx-arm64' })
  expect(error?.text).toContain('`partly 1.0` has no wheel for osx-arm64 and Python 3.12.11')
})

test.concurrent('a package that conda has needs no wheel', async () => {
  const locked = await lock(['needs-conda'], {}, ['conda-has-it'])
  expect(locked.unified.packages.filter(({ manager }) => manager === 'pip')).toHaveLength(1)
  await expectNoCodeRan()
})

test.concurrent('a source distribution for other Pythons is refused as that', async () => {
  const [error] = await refused(['new-python'])
  expect(error?.text).toMatch(/Python\W+>=3\.13|not satisfied by Python/)
})

test.concurrent('what only other Pythons need is no obstacle', async () => {
  const locked = await lock(['moved-on'])
  expect(locked.unified.packages.filter(isSource).map(({ name, version }) => `${name} ${version}`)).toEqual([
    'moved-on 1.0'
  ])
})

test.concurrent('the archive is read only if it is what the index says', async () => {
  await writeFile(join(folder, 'pypi', 'simple', 'tampered', 'tampered-1.0.tar.gz'), 'something else')
  const [error] = await refused(['tampered'])
  expect(error?.text).toContain(
    '`tampered-1.0.tar.gz` is not the file that the package index tells of: its sha256 is another.'
  )
})
