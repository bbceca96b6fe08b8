/** What a check says of lockfiles without a solve. */
import { expect, test } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import type { Finding } from '../../src/report/check.js'
import { copiesAsUpstream } from '../../src/sync/check.js'
import { findProblems, isStale } from '../../src/sync/findings.js'
import { readPreviousLocks } from '../../src/lockfile/previous.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import { makePlan } from '../../src/lock/plan.js'
import { makeBundle } from '../support/bundles.js'
import { inputsOf, ownFiles, type Given } from '../support/inputs.js'
import { COMMIT, lock } from '../support/locks.js'
import type { Place } from '../../src/common/errors.js'

const LOCKED = makeBundle({
  own: 'channels: [conda-forge]\ndependencies: [dask, pip: [hapiclient;python_version>"3"]]\n',
  packages: lock('dask 2025.2: python\npython 3.12.1\nxarray 2025.1\nhapiclient 0.2.6 pip\npip 25.2')
})
const AGAINST = { meets: await loadVersionMatch(), earlier: [], pypiNames: new Map<string, string>() }
const INPUTS: Given = { mode: 'check', 'upstream-files': 'pangeo-notebook/environment.yml: NBenvironment.yml' }

type Edits = Readonly<Record<string, (text: string) => string>>

/** Judges the files of a lock, of which some are others; an empty text is no file. */
function judgeWith(edits: Edits, given: Given = {}): { findings: Finding[]; isStale: boolean } {
  const files = [...LOCKED.files, ...LOCKED.inputFiles].map(({ path, content }) => {
    const text = Buffer.from(content ?? []).toString('utf8')
    return [path, Buffer.from(edits[path]?.(text) ?? text)] as const
  })
  const all = new Map([...files, ...extraFiles(edits)].filter(([, content]) => content.byteLength > 0))
  const inputs = inputsOf({ ...INPUTS, ...given })
  const take = (path: string) => ({ path, content: all.get(path) ?? Buffer.alloc(0) })
  const previous = readPreviousLocks(all, inputs, inputs.platforms)
  const upstream = copiesAsUpstream(inputs, [take('NBenvironment.yml')], previous)
  const plan = makePlan(inputs, upstream, ownFiles([take('environment.yml')]), [])
  return { findings: findProblems(inputs, plan, previous, AGAINST), isStale: isStale(plan, previous) }
}

function extraFiles(edits: Edits): (readonly [string, Buffer])[] {
  const known = new Set([...LOCKED.files, ...LOCKED.inputFiles].map(({ path }) => path))
  return Object.entries(edits).flatMap(([path, edit]) =>
    known.has(path) ? [] : [[path, Buffer.from(edit(''))] as const]
  )
}

test('lockfiles that fit their inputs and each other are good', () => {
  expect(judgeWith({})).toEqual({ findings: [], isStale: false })
})

const replace = (from: string | RegExp, to: string) => (text: string) => {
  expect(text).toMatch(from)
  return text.replace(from, to)
}
const gone = () => ''
const [dask] = LOCKED.unified.packages

/** What a check says of a kind of damage: a sentence, and where. */
const DAMAGE: readonly (readonly [string, Edits, string, Place | undefined])[] = [
  ['no conda-lock.yml', { 'conda-lock.yml': gone }, 'There is no `conda-lock.yml`.', undefined],
  [
    'conflict markers in conda-lock.yml',
    { 'conda-lock.yml': text => `<<<<<<< HEAD\n${text}` },
    '`conda-lock.yml` has a merge conflict that nobody has resolved.',
    { file: 'conda-lock.yml', line: 1 }
  ],
  [
    'no explicit lockfile',
    { 'conda-linux-64.lock': gone },
    'There is no `conda-linux-64.lock`, the explicit lockfile for linux-64.',
    undefined
  ],
  [
    'conflict markers in the explicit lockfile',
    { 'conda-linux-64.lock': text => text.replace('@EXPLICIT\n', '@EXPLICIT\n<<<<<<< HEAD\n') },
    '`conda-linux-64.lock` has a merge conflict that nobody has resolved.',
    { file: 'conda-linux-64.lock', line: 2 }
  ],
  [
    'a line in the explicit lockfile that is none',
    { 'conda-linux-64.lock': text => text.replace('@EXPLICIT\n', '@EXPLICIT\nnumpy=2\n') },
    '`conda-linux-64.lock` cannot be read: `line 2 is not a package`.',
    { file: 'conda-linux-64.lock' }
  ],
  [
    'another version in the explicit lockfile',
    { 'conda-linux-64.lock': replace('dask-2025.2', 'dask-2024.2') },
    '`conda-linux-64.lock` is not what `conda-lock.yml` says: `dask` (version `2024.2` instead of `2025.2`).',
    { file: 'conda-linux-64.lock', line: 2 }
  ],
  [
    'another address in the explicit lockfile',
    {
      'conda-linux-64.lock': replace(
        'https://conda.anaconda.org/conda-forge/noarch/dask',
        'https://evil.example/c/noarch/dask'
      )
    },
    '`conda-linux-64.lock` is not what `conda-lock.yml` says: `dask` (address `https://evil.example/c/noarch/dask-2025.2-pyhd8ed1ab_0.conda` instead of `https://conda.anaconda.org/conda-forge/noarch/dask-2025.2-pyhd8ed1ab_0.conda`).',
    { file: 'conda-linux-64.lock', line: 2 }
  ],
  [
    'another hash in the explicit lockfile',
    { 'conda-linux-64.lock': replace(/#\w{32}/, `#${'0'.repeat(32)}`) },
    `\`conda-linux-64.lock\` is not what \`conda-lock.yml\` says: \`dask\` (hash \`md5:${'0'.repeat(32)}\` instead of \`md5:${dask?.md5 ?? ''}\`).`,
    { file: 'conda-linux-64.lock', line: 2 }
  ],
  [
    'a package less in the explicit lockfile',
    { 'conda-linux-64.lock': replace(/.*xarray.*\n/, '') },
    '`conda-linux-64.lock` is not what `conda-lock.yml` says: `xarray` is missing.',
    { file: 'conda-linux-64.lock' }
  ],
  [
    'another address in conda-lock.yml',
    { 'conda-lock.yml': replace('conda-forge/noarch/xarray', 'my-lab/noarch/xarray') },
    '`conda-linux-64.lock` is not what `conda-lock.yml` says: `xarray` (address `https://conda.anaconda.org/conda-forge/noarch/xarray-2025.1-pyhd8ed1ab_0.conda` instead of `https://conda.anaconda.org/my-lab/noarch/xarray-2025.1-pyhd8ed1ab_0.conda`).',
    { file: 'conda-linux-64.lock', line: 4 }
  ],
  [
    'a version that is not that of the file',
    { 'conda-lock.yml': replace('"version":"2025.2"', '"version":"2025.3"') },
    '`conda-lock.yml` says `dask 2025.3`, and the file it names for that is `https://conda.anaconda.org/conda-forge/noarch/dask-2025.2-pyhd8ed1ab_0.conda`.',
    { file: 'conda-lock.yml', line: 1 }
  ],
  [
    'a dependency that nothing meets',
    { 'conda-lock.yml': replace('{"python":""}', '{"python":"","toolz":""}') },
    'The lockfiles were not accepted: dask needs toolz, which is not in the lockfile.',
    { file: 'conda-lock.yml' }
  ],
  [
    'no file for pip',
    { 'conda-linux-64.pip.txt': gone },
    'There is no `conda-linux-64.pip.txt`, the pip packages of `conda-lock.yml` for linux-64.',
    undefined
  ],
  [
    'another file for pip',
    { 'conda-linux-64.pip.txt': replace('hapiclient-0.2.6', 'hapiclient-0.2.5') },
    '`conda-linux-64.pip.txt` does not have the pip packages of `conda-lock.yml`: `hapiclient` differs.',
    { file: 'conda-linux-64.pip.txt', line: 4 }
  ],
  [
    'no hash of the inputs',
    { 'conda-lock.yml': replace('inputs-hash', 'other') },
    '`conda-lock.yml` does not say what it was made from.',
    undefined
  ],
  [
    'another environment file',
    { 'environment.yml': replace('dask,', 'dask<2025, zarr, polars,') },
    '`environment.yml` asks for something else than when `conda-lock.yml` was made. It lacks `zarr`, `polars`.',
    { file: 'environment.yml' }
  ],
  [
    "an edited copy of upstream's",
    { 'NBenvironment.yml': replace('[xarray]', '[xarray>=2025]') },
    '`NBenvironment.yml` asks for something else than when `conda-lock.yml` was made.',
    { file: 'NBenvironment.yml' }
  ]
]

test.each(DAMAGE)('%s is told, with the file, the package and the field', (_, edits, message, place) => {
  expect(judgeWith(edits).findings).toEqual([place === undefined ? { message } : { message, place }])
})

test('docs/report.md has these sentences, and no others', async () => {
  const page = await readFile(new URL('../../docs/report.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split('## What a check says\n')
  const rows = section.split('\n').filter(line => line.startsWith('| '))
  const cells = rows.slice(2).map(row =>
    row
      .slice(2, -2)
      .split(' | ')
      .map(cell => cell.trim())
  )
  expect(cells).toEqual(DAMAGE.map(([kind, , message]) => [kind, message]))
})

test.each<[Given, string]>([
  [{ cuda: '12.4' }, 'The input `cuda` is `12.4`; until now `conda-lock.yml` was made without it.'],
  [
    { 'channel-alias': 'https://mirror.example' },
    'The input `channel-alias` is `https://mirror.example`; until now `conda-lock.yml` was made with `https://conda.anaconda.org`.'
  ]
])('a changed setting is named: %j', (given, message) => {
  expect(judgeWith({}, given)).toEqual({ findings: [{ message }], isStale: true })
})

test('of a lockfile that remembers no settings, it is told only that something is another', () => {
  const forget = (text: string) => text.replaceAll('setting-', 'forgotten-')
  expect(judgeWith({ 'conda-lock.yml': forget }, { cuda: '12.4' })).toEqual({
    findings: [{ message: '`conda-lock.yml` was made from other environment files or settings than those here.' }],
    isStale: true
  })
})

test('a stale lockfile is told beside a torn one, and only the stale one is solved again', () => {
  const torn = { 'conda-linux-64.lock': replace('dask-2025.2', 'dask-2024.2') }
  expect(judgeWith(torn, { cuda: '12.4' })).toMatchObject({ findings: { length: 2 }, isStale: true })
  expect(judgeWith(torn)).toMatchObject({ findings: { length: 1 }, isStale: false })
})

test('a file for pip that is left over is told, and one of somebody else is not', () => {
  const dropped = {
    'conda-lock.yml': (text: string) => text.replace(/,\{"name":"hapiclient".*?"category":"main"\}/, ''),
    'conda-linux-64.lock': (text: string) => text.replace(/# pip .*\n/, '')
  }
  expect(judgeWith(dropped).findings).toMatchObject([{ place: { file: 'conda-linux-64.pip.txt' } }])
  expect(judgeWith({ ...dropped, 'conda-linux-64.pip.txt': () => '# my own\n' }).findings).toEqual([])
})

test('upstream is where the lockfile says that its copies come from', () => {
  const inputs = inputsOf(INPUTS)
  const custom = { 'NBenvironment.yml': `pangeo-data/pangeo-docker-images/pangeo-notebook/environment.yml@${COMMIT}` }
  const previous = { contents: new Map(), unified: { ...LOCKED.unified, custom }, explicit: new Map(), unreadable: [] }
  expect(copiesAsUpstream(inputs, [], previous)).toMatchObject({
    commit: COMMIT,
    url: 'https://github.com/pangeo-data/pangeo-docker-images'
  })
  expect(copiesAsUpstream(inputs, [], { ...previous, unified: LOCKED.unified })).toMatchObject({ commit: 'HEAD' })
})
