/** What solver/rattler_conda.py reports of its solves, as the diagnosis and the report of a lock read it. */
import { describe, expect, test } from '@jest/globals'
import { explainFailure } from '../../src/diagnosis/explain.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { parseSolverReport, parseSolves } from '../../src/lock/solver-report.js'

const base = { platform: 'linux-64', message: 'nothing provides it', specs: ['xarray'], channels: ['conda-forge'] }
const solved = {
  kind: 'solved',
  platform: 'linux-64',
  records: 2,
  seconds: 0.3,
  moved: [
    { name: 'dask', kind: 'spec' },
    { name: 'constructor', kind: 'required', by: 'dask', spec: 'constructor >=3' }
  ],
  is_least: true,
  base_urls: [{ channel: 'https://conda.example/c/', url: 'https://files.example/c/linux-64/' }],
  held_back: [{ name: 'numpy', version: '2.1.0', uploaded: '2025-09-25T00:00:00+00:00', by: '3d' }],
  upgrades: [{ asked: 'dask>=2025', name: 'dask', is_locked: true, newest: '2025.9', held: ['dask <2025.9'] }],
  sizes: { 'sha256:ab': 1_234_567 }
}

const lines = (...reports: readonly object[]) => reports.map(report => `${JSON.stringify(report)}\n`).join('')

const MACHINES = { cuda: undefined, virtualPackages: undefined }

test('each good solve tells its moves and what is held back, with the platform', () => {
  expect(parseSolves(lines(solved, { kind: 'internal', ...base }))).toEqual([
    {
      platform: 'linux-64',
      isLeast: true,
      moves: [
        { platform: 'linux-64', name: 'dask', reason: { kind: 'spec' } },
        {
          platform: 'linux-64',
          name: 'constructor',
          reason: { kind: 'required', by: 'dask', spec: 'constructor >=3' }
        }
      ],
      heldBack: [
        { platform: 'linux-64', name: 'numpy', version: '2.1.0', uploaded: '2025-09-25T00:00:00+00:00', by: '3d' }
      ],
      upgrades: [
        {
          platform: 'linux-64',
          asked: 'dask>=2025',
          name: 'dask',
          isLocked: true,
          newest: '2025.9',
          held: ['dask <2025.9']
        }
      ],
      baseUrls: [{ channel: 'https://conda.example/c/', url: 'https://files.example/c/linux-64/' }],
      sizes: { 'sha256:ab': 1_234_567 }
    }
  ])
})

test('only the last solve can be the one that failed', () => {
  const failed = { kind: 'channel', ...base, url: null, status: null }
  expect(parseSolverReport('')).toBeUndefined()
  expect(parseSolverReport(lines(failed, solved))).toBeUndefined()
  expect(parseSolverReport(lines(solved, failed))).toEqual({
    kind: 'channel',
    platform: 'linux-64',
    message: 'nothing provides it',
    url: undefined,
    status: undefined
  })
})

test('a spec in `upgrade` that the solver cannot read is told as that, not as a defect', () => {
  const failure = parseSolverReport(lines({ kind: 'invalid-upgrade', ...base, entry: 'xarray>>1' }))
  if (failure === undefined) throw new Error('there is a failure')
  const context = { platform: 'linux-64', specs: [], environments: [], onPypi: new Set<string>(), machines: MACHINES }
  expect(explainFailure(failure, context)).toMatchObject({
    kind: 'input',
    message: 'Input `upgrade`: the solver cannot read `xarray>>1`.'
  })
})

test('a channel that takes too much is told as such, where it is named', () => {
  const text = 'channels:\n  - conda-forge\n  - huge\ndependencies: []\n'
  const environment = parseEnvironment({ file: 'environment.yml', fix: '' }, Buffer.from(text), ['linux-64'])
  const context = {
    platform: 'linux-64',
    specs: [],
    environments: [environment],
    onPypi: new Set<string>(),
    machines: MACHINES
  }
  const url = 'https://conda.example/huge/'
  const failure = parseSolverReport(lines({ kind: 'too-large', ...base, url }))
  if (failure === undefined) throw new Error('there is a failure')
  expect(explainFailure(failure, context)).toMatchObject({
    message: `What ${url} says of its packages takes the solver many times what all of conda-forge takes.`,
    hint: expect.stringContaining('take it out of `channels:`'),
    place: { file: 'environment.yml', line: 3 }
  })
})

test.each(['constructor', '__proto__', 'toString'])('a missing package may be called %s', name => {
  const near = Object.fromEntries([[name, []]])
  const failure = parseSolverReport(lines({ kind: 'missing-package', ...base, missing: [name], near, empty: false }))
  if (failure === undefined) throw new Error('there is a failure')
  const context = { platform: 'linux-64', specs: [], environments: [], onPypi: new Set<string>(), machines: MACHINES }
  expect(explainFailure(failure, context).message).toBe(`None of the channels has \`${name}\` for linux-64.`)
})

describe('a line of another shape is told, and not taken for something else:', () => {
  test.each<[object, string]>([
    [{ kind: 'odd', ...base }, '`solver-report.jsonl[1].kind` is not one of'],
    [{ kind: 'unmatched', ...base }, '`solver-report.jsonl[1].unmatched` is not a list'],
    [{ kind: 'undated-channel', ...base, url: null }, '`solver-report.jsonl[1].url` is not a text'],
    [{ ...solved, moved: [{ name: 'dask', kind: 'odd' }] }, '`solver-report.jsonl[1].moved[0].kind` is not one of'],
    [{ ...solved, moved: [{ kind: 'spec' }] }, '`solver-report.jsonl[1].moved[0].name` is not a text'],
    [{ ...solved, sizes: { 'sha256:ab': 'large' } }, '`solver-report.jsonl[1].sizes.sha256:ab` is no amount']
  ])('%j', (report, message) => {
    const text = lines(solved, report)
    expect(() => parseSolverReport(text)).toThrow(message)
    expect(() => parseSolves(text)).toThrow(message)
  })
})
