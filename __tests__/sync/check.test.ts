/** What a check says of lockfiles without a solve. */
import { expect, test } from '@jest/globals'
import { copiesAsUpstream, checkWithoutSolving, type Verdict } from '../../src/sync/check.js'
import { readPreviousLocks } from '../../src/lockfile/previous.js'
import { copiesOf, makePlan } from '../../src/lock/plan.js'
import { COMMIT, makeBundle } from '../support/bundles.js'
import { inputsOf, ownFiles, type Given } from '../support/inputs.js'
import { lock } from '../support/locks.js'

const LOCKED = makeBundle({ packages: lock('dask 2025.2\nxarray 2025.1\nhapiclient 0.2.6 pip') })
const INPUTS: Given = { mode: 'check', 'upstream-files': 'pangeo-notebook/environment.yml: NBenvironment.yml' }

/** Judges the files of a lock, of which some are others; an empty text is no file. */
function judgeWith(changes: Readonly<Record<string, (text: string) => string>>, given: Given = {}): Verdict {
  const old = new Map(
    LOCKED.files.flatMap(({ path, content }) => {
      const text = Buffer.from(content ?? []).toString('utf8')
      const changed = changes[path]?.(text) ?? text
      return changed === '' ? [] : [[path, Buffer.from(changed)] as const]
    })
  )
  const inputs = inputsOf({ ...INPUTS, ...given })
  const previous = readPreviousLocks(old, inputs, inputs.platforms)
  const copies = copiesOf(LOCKED.upstream)
  const upstream = copiesAsUpstream(inputs, copies, previous)
  return checkWithoutSolving(inputs, makePlan(inputs, upstream, ownFiles(LOCKED.inputs), []), previous)
}

test('lockfiles that fit their inputs and each other are good', () => {
  const { problem, bundle } = judgeWith({})
  expect(problem).toBeUndefined()
  expect(bundle?.unified.packages).toHaveLength(3)
  expect(bundle?.files.map(({ path }) => path)).toEqual(['conda-linux-64.pip.txt'])
})

const gone = () => ''

test.each([
  ['no conda-lock.yml', { 'conda-lock.yml': gone }, 'There is no conda-lock.yml.'],
  ['a broken one', { 'conda-lock.yml': () => '<<<<<<< HEAD\n' }, /^The old conda-lock\.yml cannot be read/],
  ['no explicit lockfile', { 'conda-linux-64.lock': gone }, 'There is no explicit lockfile for linux-64.'],
  ['a broken one', { 'conda-linux-64.lock': () => '=======\n' }, /^The old conda-linux-64\.lock cannot be read/],
  [
    'other packages in one of them',
    { 'conda-linux-64.lock': (text: string) => text.replace('dask-2025.2', 'dask-2024.2') },
    /only one of the two lockfiles for linux-64 has conda dask/
  ],
  [
    'no file for pip',
    { 'conda-linux-64.pip.txt': gone },
    'conda-linux-64.pip.txt does not have the pip packages of conda-lock.yml.'
  ],
  [
    'another file for pip',
    { 'conda-linux-64.pip.txt': (text: string) => text.replace('0.2.6', '0.2.5') },
    'conda-linux-64.pip.txt does not have the pip packages of conda-lock.yml.'
  ],
  [
    'no hash of the inputs',
    { 'conda-lock.yml': (text: string) => text.replace('inputs-hash', 'other') },
    'conda-lock.yml does not say what it was made from.'
  ]
])('%s is told', (_, changes, problem) => {
  expect(judgeWith(changes).problem).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem))
})

test('lockfiles of other settings are told, and only a solve can compare them', () => {
  expect(judgeWith({}, { cuda: '12.4' })).toEqual({
    problem: 'conda-lock.yml was made from other environment files or settings than those here.',
    bundle: undefined
  })
})

test('upstream is where the lockfile says that its copies come from', () => {
  const inputs = inputsOf(INPUTS)
  const custom = { 'NBenvironment.yml': `pangeo-data/pangeo-docker-images/pangeo-notebook/environment.yml@${COMMIT}` }
  const previous = { contents: new Map(), unified: { ...LOCKED.unified, custom }, explicit: new Map(), warnings: [] }
  expect(copiesAsUpstream(inputs, [], previous)).toMatchObject({
    commit: COMMIT,
    url: 'https://github.com/pangeo-data/pangeo-docker-images'
  })
  expect(copiesAsUpstream(inputs, [], { ...previous, unified: LOCKED.unified })).toMatchObject({ commit: 'HEAD' })
})
