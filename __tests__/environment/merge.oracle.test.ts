import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uniteChannels } from '../../src/environment/channels.js'
import { mergeSpecs } from '../../src/environment/merge.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { pypiName } from '../../src/environment/pypi-name.js'
import { parseSpecs, type Spec } from '../../src/environment/specs.js'
import { readWanted, type Wanted } from '../../src/environment/wanted.js'
import { meets as meetsPython } from '../../src/lock/one-version.js'
import { loadVersionMatch, matchesBuild } from '../../src/lockfile/constraint.js'
import { SyncError } from '../../src/common/errors.js'
import type { Platform } from '../../src/lockfile/platforms.js'
import { startDriver } from '../../src/toolchain/driver.js'
import { condaLocksVerdicts, type Verdict } from '../support/conda-lock-oracle.js'
import { SOLVER, toolchainBin } from '../support/toolchain-paths.js'
import { generateFile, HAND_MADE, randomFrom } from './generate.js'

const PLATFORMS: readonly Platform[] = ['linux-64', 'osx-arm64']
const GENERATED = 300
const ALIAS = 'https://conda.anaconda.org'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'merge-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function writeCases(): Promise<string[][]> {
  const random = randomFrom(20_260_101)
  const generated = Array.from({ length: GENERATED }, () => [generateFile(random), generateFile(random)])
  const cases = [...HAND_MADE, ...generated]
  return Promise.all(
    cases.map(async (texts, index) => {
      await mkdir(join(folder, String(index)))
      const names = texts.map((_text, place) => join(String(index), `environment-${place}.yml`))
      await Promise.all(texts.map((text, place) => writeFile(join(folder, names[place] ?? ''), text)))
      return names
    })
  )
}

async function ourVerdicts(python: string, cases: readonly (readonly string[])[]): Promise<Verdict[]> {
  const log = join(folder, 'log')
  const driver = startDriver({
    python,
    solverFolder: SOLVER,
    environment: { PATH: process.env.PATH ?? '' },
    seconds: 300,
    log
  })
  try {
    const verdicts: Verdict[] = []
    for (const files of cases) verdicts.push(await ourVerdict(driver, files))
    return verdicts
  } finally {
    await driver.close()
  }
}

function parse(json: string): unknown {
  return JSON.parse(json)
}

const meets = await loadVersionMatch()
const SAMPLES = [
  '0.4',
  '0.9',
  '1.2',
  '1.2.5',
  '1.4',
  '1.4.1',
  '1.5',
  '1.5.1',
  '2',
  '2.14.0',
  '2.20',
  '3',
  '3.1',
  '1!2.0'
]
const BUILDS = ['py312_0', 'py312h5eee18b_0', '7_cp311', 'cuda118py312_0', 'extra']

const ODD: string[] = []

/** Where the texts alone say something else than conda-lock's parser does: a lock would be refused that is right. */
function oddReadings(wanted: readonly Wanted[], specs: readonly Spec[]): string[] {
  const key = ({ platform, manager, name }: Pick<Wanted, 'platform' | 'manager' | 'name'>) =>
    `${platform} ${manager} ${manager === 'pip' ? pypiName(name) : name}`
  const known = new Map(specs.map(spec => [key(spec), spec]))
  const read = new Set(wanted.map(key))
  const strict = wanted.flatMap(each => {
    const spec = known.get(key(each))
    if (spec === undefined) return each.name === '' || each.isOptional ? [] : [`${each.text} is no spec`]
    const versions = SAMPLES.filter(version => meets(version, spec.version) === true)
    const builds = BUILDS.filter(build => matchesBuild(build, spec.build))
    if (each.manager === 'pip') return versions.some(version => !meetsPython(version, each.version)) ? [each.text] : []
    const refused = versions.filter(version => meets(version, each.version) === false)
    return refused.length > 0 || builds.some(build => !matchesBuild(build, each.build)) ? [each.text] : []
  })
  const unread = specs.filter(spec => !read.has(key(spec)) && !read.has(key({ ...spec, name: '' })))
  return [...strict, ...unread.map(({ text }) => `${text} is not read`)]
}

async function ourVerdict(driver: ReturnType<typeof startDriver>, files: readonly string[]): Promise<Verdict> {
  try {
    const environments = await Promise.all(
      files.map(async file => parseEnvironment({ file, fix: '' }, await readFile(join(folder, file)), PLATFORMS))
    )
    const answer = await driver.request('specs', { directory: folder, files, platforms: PLATFORMS })
    const specs = parseSpecs(answer, environments, PLATFORMS)
    if (specs.bad.length > 0) return 'refused'
    const merge = mergeSpecs(specs.specs)
    ODD.push(...oddReadings(readWanted(environments, PLATFORMS), merge.specs))
    const dependencies = PLATFORMS.map(platform => {
      const specs = merge.specs.filter(spec => spec.platform === platform)
      return [platform, specs.map(spec => parse(spec.identity))] as const
    })
    return { dependencies: Object.fromEntries(dependencies), channels: uniteChannels(environments, ALIAS) }
  } catch (error) {
    if (error instanceof SyncError) return 'refused'
    throw error
  }
}

test('the preflight and conda-lock agree on every pair of environment files', async () => {
  const python = join(await toolchainBin(), 'python')
  const cases = await writeCases()
  const theirs = condaLocksVerdicts(python, folder, PLATFORMS, cases)
  const ours = await ourVerdicts(python, cases)
  expect(ours).toHaveLength(HAND_MADE.length + GENERATED)
  cases.forEach((files, index) => {
    expect({ files, verdict: ours[index] }).toEqual({ files, verdict: theirs[index] })
  })
  expect(ODD).toEqual([])
  const refused = theirs.filter(verdict => verdict === 'refused').length
  expect(refused).toBeGreaterThan(20)
  expect(theirs.length - refused).toBeGreaterThan(150)
})
