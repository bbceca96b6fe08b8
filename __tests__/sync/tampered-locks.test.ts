/**
 * Lockfiles that somebody has altered, in one place or alike in all files: each is refused by a check of the checkout and by
 * the job that publishes, with the sentences in golden/tampered-locks.md.
 */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBundle } from '../../src/bundle/read.js'
import { messageOf } from '../../src/common/errors.js'
import type { DesiredFile } from '../../src/common/files.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { readWanted } from '../../src/environment/wanted.js'
import type { LockFacts } from '../../src/lock/check-values.js'
import { LOCK_CHECKS } from '../../src/lock/checks.js'
import { findRepublished } from '../../src/lock/origins.js'
import { makePlan } from '../../src/lock/plan.js'
import { namesOnPypi } from '../../src/lock/package-checks.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import { parseExplicitLock } from '../../src/lockfile/explicit.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { readPreviousLocks } from '../../src/lockfile/previous.js'
import { parseUnifiedLock } from '../../src/lockfile/unified.js'
import { copiesAsUpstream } from '../../src/sync/check.js'
import { findProblems } from '../../src/sync/findings.js'
import { ALIAS, makeBundle, writeTo } from '../support/bundles.js'
import { expectGolden } from '../support/golden.js'
import { inputsOf, ownFiles } from '../support/inputs.js'
import { lock } from '../support/locks.js'

const OWN = `channels: [my-lab, conda-forge]
dependencies:
  - dask>=2025.2
  - sunpy=7.0
  - libblas=*=*openblas
  - conda-forge::cartopy
  - zarr>=3 , <3.2 # [linux64]
  - pywin32 # [win]
  - pip:
    - hapiclient==0.2.6
    - Sgp4_Tools>=2; sys_platform == 'win32'
`
const UPSTREAM = 'channels: [conda-forge, nodefaults]\ndependencies: [python=3.12, xarray, __glibc]\n'

const PACKAGES = lock(`
  cartopy 0.25.0 py312hf79963d_1: numpy>=1.23,<3 python>=3.12,<3.13.0a0
  dask 2025.9.1: python>=3.10 zarr
  hapiclient 0.2.6 pip: joblib
  joblib 1.5.2 pip
  libblas 3.9.0 36_h4a7cf45_openblas
  libsqlite 3.50.4 h0c1763c_0: __glibc>=2.17,<3.0.a0
  numpy 2.3.3 py312h33ff503_0: libblas>=3.9.0,<4.0a0 python
  pip 25.2: python>=3.9,<3.13.0a0
  python 3.12.11 0_cpython: libsqlite>=3.50.0,<4.0a0 tzdata
  python_abi 3.12 8_cp312
  sunpy 7.0.1 py312h4f23490_1: numpy>=1.25
  tzdata 2025b h78e105d_0
  xarray 2025.9.0: numpy>=1.26 python>=3.11
  zarr 3.1.3: numpy>=1.26`).map(pin =>
  pin.name === 'sunpy' ? { ...pin, dependencies: { ...pin.dependencies, python_abi: '3.12.* *_cp312' } } : pin
)

type Packages = readonly LockedPackage[]
type Files = readonly DesiredFile[]

const bundleOf = (packages: Packages) => makeBundle({ own: OWN, upstream: UPSTREAM, packages })
const GOOD = bundleOf(PACKAGES)
const [UNIFIED, EXPLICIT, PIP] = ['conda-lock.yml', 'conda-linux-64.lock', 'conda-linux-64.pip.txt'] as const

/** The files of a lock of other packages: some of them, or all alike. */
function altered(change: (packages: Packages) => Packages, paths: readonly string[] = [UNIFIED, EXPLICIT, PIP]): Files {
  const others = bundleOf(change(PACKAGES)).files
  return GOOD.files.map((file, index) => (paths.includes(file.path) ? (others[index] ?? file) : file))
}

function edited(path: string, from: string | RegExp, to: string, files: Files = GOOD.files): Files {
  return files.map(file => {
    if (file.path !== path) return file
    const text = textOf(file)
    expect(text).toMatch(from)
    return { path, content: Buffer.from(text.replace(from, to)) }
  })
}

function textOf({ content }: DesiredFile): string {
  return Buffer.from(content ?? []).toString('utf8')
}

const change = (name: string, to: Partial<LockedPackage>) => (packages: Packages) =>
  packages.map(pin => (pin.name === name ? { ...pin, ...to } : pin))
/** Another version or build, with the address that belongs to it. */
const replace = (name: string, line: string) => (packages: Packages) => {
  const [other] = lock(line)
  return packages.map(pin => (pin.name === name && other ? { ...other, dependencies: pin.dependencies } : pin))
}
const without = (name: string) => (packages: Packages) => packages.filter(pin => pin.name !== name)
const more = (line: string) => (packages: Packages) => [...packages, ...lock(line)]
const needs = (name: string, dependencies: Readonly<Record<string, string>>) => (packages: Packages) =>
  packages.map(pin => (pin.name === name ? { ...pin, dependencies: { ...pin.dependencies, ...dependencies } } : pin))

const DASK = 'https://conda.anaconda.org/conda-forge/noarch/dask-2025.9.1-pyhd8ed1ab_0.conda'
const SHA = `sha256:${'ab'.repeat(32)}`
const MD5 = 'cd'.repeat(16)

const SPELLINGS = lock('job_lib 1.0 pip\njob.lib 1.0 pip')

const TAMPERED: readonly (readonly [string, Files])[] = [
  // Hashes.
  ['another SHA-256 in conda-lock.yml alone', altered(change('dask', { hash: SHA }), [UNIFIED])],
  ['another MD5 in conda-lock.yml alone', altered(change('dask', { md5: MD5 }), [UNIFIED])],
  ['another MD5 in the explicit lockfile alone', edited(EXPLICIT, /(dask\S+#)\w+/, `$1${MD5}`)],
  [
    'another MD5 in both lockfiles',
    edited(EXPLICIT, /(dask\S+#)\w+/, `$1${MD5}`, altered(change('dask', { md5: MD5 }), [UNIFIED]))
  ],
  ['another SHA-256 and MD5 in both lockfiles', altered(change('numpy', { hash: SHA, md5: SHA.slice(-32) }))],
  ['another hash of a wheel in conda-lock.yml alone', altered(change('joblib', { hash: SHA }), [UNIFIED])],
  ['another hash of a wheel in all files', altered(change('joblib', { hash: SHA }))],
  ['another hash of a wheel in the file for pip', edited(PIP, /(joblib.*sha256:)\w{8}/, '$100000000')],
  ['no hash in conda-lock.yml', edited(UNIFIED, /"hash":\{[^}]*\}/, '"hash":{}')],
  [
    'no hash of a wheel in any file',
    edited(
      PIP,
      /(joblib.*)sha256:\w+/,
      '$1',
      edited(
        EXPLICIT,
        /(# pip joblib[^#\n]+)#\S+/,
        '$1',
        edited(UNIFIED, /("name":"joblib".*?"hash":)\{[^}]*\}/, '$1{}')
      )
    )
  ],
  // What the files ask for.
  ['a package less that a file names', altered(without('cartopy'))],
  ['a wheel less that a file names', altered(packages => without('joblib')(without('hapiclient')(packages)))],
  ['a version that a file excludes', altered(replace('dask', 'dask 2024.12.1'))],
  ['a version that a file with spaces excludes', altered(replace('zarr', 'zarr 3.2.0'))],
  ['a version that a fuzzy spec excludes', altered(replace('sunpy', 'sunpy 7.1.0 py312h4f23490_1'))],
  [
    'a version of Python that upstream excludes',
    altered(packages => replace('python', 'python 3.11.13 0_cpython')(needs('cartopy', { python: '>=3.11' })(packages)))
  ],
  ['a build that a file excludes', altered(replace('libblas', 'libblas 3.9.0 36_hf2e6a31_mkl'))],
  ['another channel than a file names', altered(replace('cartopy', 'my-lab::cartopy 0.25.0 py312hf79963d_1'))],
  ['a wheel that a file excludes', altered(replace('hapiclient', 'hapiclient 0.2.7 pip'))],
  ['a pre-release of a wheel', altered(replace('hapiclient', 'hapiclient 0.2.6rc1 pip'))],
  // What nobody asks for.
  ['a package more, from conda-forge', altered(more('backdoor 1.0'))],
  ['a package more that needs what is there', altered(more('backdoor 1.0: python>=3.9 numpy'))],
  ['packages more that need each other', altered(more('backdoor 1.0: helper\nhelper 1.0: backdoor'))],
  ['a wheel more', altered(more('backdoor 1.0 pip'))],
  ['a wheel more beside the conda package', altered(more('dask 2025.9.1 pip'))],
  ['a package for another platform', altered(more('pywin32 311 py312h829343e_1'))],
  [
    'a package of a category of its own',
    altered(packages => change('backdoor', { categories: ['dev'] })(more('backdoor 1.0')(packages)))
  ],
  ['a virtual package', altered(more('__cuda 12.4'))],
  // What packages need.
  ['a package less that others need', altered(without('tzdata'))],
  ['a version that another package excludes', altered(replace('numpy', 'numpy 3.0.0 py312h33ff503_0'))],
  ['a version older than another package needs', altered(replace('libsqlite', 'libsqlite 3.49.1 h0c1763c_0'))],
  ['a build that another package excludes', altered(replace('python_abi', 'python_abi 3.12 8_cp313'))],
  ['a need that nothing meets', altered(needs('dask', { backdoor: '' }))],
  ['a need that what is there does not meet', altered(needs('xarray', { zarr: '>=4' }))],
  // Where it comes from.
  ['a channel that nobody has named', altered(replace('xarray', 'evil::xarray 2025.9.0'))],
  [
    'an address that leads out of the channel',
    altered(change('dask', { url: DASK.replace('noarch', '../evil/noarch') }))
  ],
  ['a label of the channel', altered(change('dask', { url: DASK.replace('noarch', 'label/broken/noarch') }))],
  ['the folder of another platform', altered(change('dask', { url: DASK.replace('noarch', 'win-64') }))],
  ['a token in an address', altered(change('dask', { url: DASK.replace('/conda-forge', '/t/secret/conda-forge') }))],
  ['a password in an address', altered(change('dask', { url: DASK.replace('://', '://me:secret@') }))],
  [
    'a password in the address of a wheel',
    altered(packages =>
      packages.map(pin => (pin.name === 'joblib' ? { ...pin, url: pin.url.replace('://', '://me:secret@') } : pin))
    )
  ],
  ['a file on the machine', altered(change('dask', { url: 'file:///tmp/noarch/dask-2025.9.1-pyhd8ed1ab_0.conda' }))],
  ['a repository instead of a wheel', altered(change('joblib', { url: 'git+https://github.com/evil/joblib@main' }))],
  // What people read and what is installed.
  ['another version than that of the file', altered(change('dask', { version: '2025.9.2' }))],
  [
    'another name than that of the file',
    altered(packages => change('dask', { url: DASK.replace('dask-', 'evil-') })(packages))
  ],
  ['another version than that of the wheel', altered(change('joblib', { version: '1.5.3' }))],
  ['a name with a line break', edited(UNIFIED, '"name":"joblib"', '"name":"x\\n--pre"')],
  [
    'a project in two spellings',
    altered(packages => [...needs('hapiclient', { 'job-lib': '' })(packages), ...SPELLINGS])
  ],
  // The texts of the files.
  [
    'a package more in the explicit lockfile',
    edited(EXPLICIT, '@EXPLICIT\n', `@EXPLICIT\n${DASK.replaceAll('dask', 'evil')}#${MD5}\n`)
  ],
  [
    'a package before those of the explicit lockfile',
    edited(EXPLICIT, '@EXPLICIT\n', `${DASK.replaceAll('dask', 'evil')}#${MD5}\n@EXPLICIT\n`)
  ],
  [
    'a package twice in the explicit lockfile',
    edited(EXPLICIT, '@EXPLICIT\n', `@EXPLICIT\n${DASK.replace('conda-forge', 'evil')}#${MD5}\n`)
  ],
  ['another address in the explicit lockfile', edited(EXPLICIT, 'conda-forge/noarch/dask', 'evil/noarch/dask')],
  ['a package less in the explicit lockfile', edited(EXPLICIT, /.*xarray.*\n/, '')],
  ['a script before the explicit lockfile', edited(EXPLICIT, '@EXPLICIT', '#!/bin/sh\nid\n@EXPLICIT')],
  [
    'a line that ends only for some programs',
    edited(EXPLICIT, /$/, '# a\u2028https://evil.example/noarch/evil-1-0.conda\n')
  ],
  ['another package in the file for pip', edited(PIP, 'joblib @', 'evil @')],
  ['an index in the file for pip', edited(PIP, '--only-binary', '--index-url https://evil.example\n--only-binary')],
  ['no file for pip', GOOD.files.map(file => (file.path === PIP ? { ...file, content: undefined } : file))],
  ['another platform', edited(UNIFIED, '"platforms":["linux-64"]', '"platforms":["linux-64","osx-64"]')]
]

const meets = await loadVersionMatch()
const inputs = inputsOf({ 'upstream-files': 'pangeo-notebook/environment.yml: NBenvironment.yml' })
const scratch = await mkdtemp(join(tmpdir(), 'tampered-'))
afterAll(() => rm(scratch, { recursive: true }))

/** What a check of a checkout says, whose base branch has the lock as it was. */
function saidByCheck(files: Files): string[] {
  const contents = new Map(
    [...files, ...GOOD.inputFiles].flatMap(({ path, content }) =>
      content === undefined ? [] : [[path, content] as const]
    )
  )
  const previous = readPreviousLocks(contents, inputs, inputs.platforms)
  const take = (path: string) => ({ path, content: contents.get(path) ?? Buffer.alloc(0) })
  const upstream = copiesAsUpstream(inputs, [take('NBenvironment.yml')], previous)
  const plan = makePlan(inputs, upstream, ownFiles([take('environment.yml')]), [])
  const pypiNames = namesOnPypi(previous.unified?.packages ?? [])
  const findings = findProblems(inputs, plan, previous, { meets, pypiNames, earlier: [GOOD.unified] })
  return findings.map(
    ({ message, place }) => `${place === undefined ? '' : `${place.file}:${place.line ?? ''} `}${message}`
  )
}

let count = 0

/** What the job says that publishes it, to a base branch that has the lock as it was; empty if it does. */
async function saidByPublish(files: Files): Promise<string> {
  const folder = join(scratch, String(++count))
  await writeTo(folder, { ...GOOD, files })
  try {
    const expectation = {
      channelAlias: ALIAS,
      allowedChannels: undefined,
      policyOn: 'upstream',
      servers: ['https://github.com']
    } as const
    const { unified } = await readBundle(folder, expectation)
    return findRepublished({ lockfile: { path: UNIFIED }, unified, earlier: [GOOD.unified] })
      .map(({ message }) => message)
      .join(' ')
  } catch (error) {
    return messageOf(error).replace(folder, 'FOLDER')
  }
}

/** The names of the checks that a lock does not pass; undefined where it can't even be read. */
function brokenChecks(files: Files): string[] | undefined {
  const texts = new Map(files.map(file => [file.path, textOf(file)]))
  const text = (path: string) => texts.get(path) ?? ''
  const environments = [['NBenvironment.yml', UPSTREAM] as const, ['environment.yml', OWN] as const].map(
    ([file, content]) => parseEnvironment({ file, fix: '' }, Buffer.from(content), inputs.platforms)
  )
  try {
    const unified = parseUnifiedLock(text(UNIFIED))
    const packages = parseExplicitLock(text(EXPLICIT), 'linux-64')
    const facts: LockFacts = {
      lockfile: { path: UNIFIED, text: text(UNIFIED) },
      platforms: inputs.platforms,
      unified,
      explicit: [{ platform: 'linux-64', path: EXPLICIT, text: text(EXPLICIT), packages }],
      contents: new Map(
        files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content] as const]))
      ),
      pipRequirements: inputs.pipRequirements,
      wanted: readWanted(environments, inputs.platforms),
      pypiNames: namesOnPypi(unified.packages),
      origins: { channels: ['my-lab', 'conda-forge'], channelAlias: ALIAS, baseUrls: [] },
      earlier: [GOOD.unified],
      meets
    }
    return LOCK_CHECKS.filter(({ find }) => find(facts).length > 0).map(({ name }) => name)
  } catch {
    return undefined
  }
}

const BROKEN = TAMPERED.map(([, files]) => brokenChecks(files))

test('a lock that nobody has altered passes', async () => {
  expect(saidByCheck(GOOD.files)).toEqual([])
  expect(await saidByPublish(GOOD.files)).toBe('')
  expect(brokenChecks(GOOD.files)).toEqual([])
})

test('whatever has been altered is refused, by a check and before it is published', async () => {
  const sections: string[] = []
  for (const [index, [name, files]] of TAMPERED.entries()) {
    const [checked, published] = [saidByCheck(files), await saidByPublish(files)]
    expect({ name, isRefused: [checked.length > 0, published !== ''] }).toEqual({ name, isRefused: [true, true] })
    const broken = BROKEN[index]?.join(', ') ?? 'cannot be read'
    sections.push(
      [`## ${name}`, `breaks: ${broken}`, ...checked.map(line => `check: ${line}`), `publish: ${published}`].join('\n')
    )
  }
  await expectGolden('golden/tampered-locks.md', `${sections.join('\n\n')}\n`)
})

test.each(LOCK_CHECKS.map(({ name }) => name))('there is a lock that breaks only this check: %s', check => {
  expect(BROKEN.map(checks => checks?.join())).toContain(check)
})
