/** Over generated environment files: nothing that is written is lost, and what counts is what conda-lock reads. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMapping } from '../../src/common/guards.js'
import { indexSpecs, stateOn } from '../../src/environment/accounting.js'
import { mergeSpecs } from '../../src/environment/merge.js'
import { parseEnvironment, type Environment } from '../../src/environment/parse.js'
import { isPlain } from '../../src/environment/plain.js'
import { selectLines } from '../../src/environment/selectors.js'
import { parseSpecs, type Specs } from '../../src/environment/specs.js'
import { accountForFiles } from '../../src/environment/unused.js'
import { PLATFORMS as ALL, type Platform } from '../../src/lockfile/platforms.js'
import { startDriver, type Driver } from '../../src/toolchain/driver.js'
import { condaLocksVerdicts } from '../support/conda-lock-oracle.js'
import { SOLVER, toolchainBin } from '../support/toolchain-paths.js'
import { askToolchain } from '../support/toolchain-python.js'
import { address, comment, environmentFile, jumble, plainRequirement, type WrittenFile } from './arbitrary.js'

const PLATFORMS: readonly Platform[] = ['linux-64', 'osx-arm64']
const SEED = { seed: 14 }

let folder: string
let python: string
let driver: Driver
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounting-'))
  python = join(await toolchainBin(), 'python')
  const environment = { PATH: process.env.PATH ?? '' }
  driver = startDriver({ python, solverFolder: SOLVER, environment, seconds: 600, log: join(folder, 'log') })
})
afterAll(async () => {
  await driver.close()
  await rm(folder, { recursive: true })
})

async function write(texts: readonly string[], prefix: string): Promise<string[]> {
  const names = texts.map((_text, index) => `${prefix}-${index}.yml`)
  await Promise.all(texts.map((text, index) => writeFile(join(folder, names[index] ?? ''), text)))
  return names
}

/** One file by itself, as this project reads it. */
function readFile(name: string, text: string): Environment {
  return parseEnvironment({ file: name, fix: '' }, Buffer.from(text), PLATFORMS)
}

async function readSpecs(environments: readonly Environment[]): Promise<Specs> {
  const files = environments.map(({ file }) => file)
  const answer = await driver.request('specs', { directory: folder, files, platforms: PLATFORMS })
  return parseSpecs(answer, environments, PLATFORMS)
}

/** JSON in which the order of the fields says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(Object.entries(isMapping(value) ? value : {}).sort())
}

/** What counts on a platform: conda-lock's own description of each spec, and of pip, which it adds itself. */
function counting(environment: Environment, specs: Specs, platform: Platform): string[] {
  const merge = mergeSpecs(specs.specs)
  const read = indexSpecs(specs, merge)
  const at = (place: readonly number[]) =>
    specs.specs.find(
      spec => spec.platform === platform && !spec.implied && JSON.stringify(spec.place) === JSON.stringify(place)
    )
  const written = environment.entries.flatMap(entry => {
    const place = entry.places.get(platform)
    const { kind } = stateOn(platform, entry, environment.file, read)
    const spec = place === undefined || entry.kind === 'section' ? undefined : at(place)
    return spec !== undefined && (kind === 'counts' || kind === 'partly') ? [spec.identity] : []
  })
  const implied = merge.specs.filter(spec => spec.platform === platform && spec.implied)
  return [...written, ...implied.map(spec => spec.identity)].map(text => canonical(JSON.parse(text))).sort()
}

test('every entry is in exactly one state, and what counts is what conda-lock reads', async () => {
  const files: WrittenFile[] = fc.sample(environmentFile, { ...SEED, numRuns: 250 })
  const names = await write(
    files.map(({ text }) => text),
    'file'
  )
  const theirs = condaLocksVerdicts(
    python,
    folder,
    PLATFORMS,
    names.map(name => [name])
  )
  const environments = files.map(({ text }, index) => readFile(names[index] ?? '', text))
  const all = await readSpecs(environments)
  for (const [index, environment] of environments.entries()) {
    const file = files[index]
    const mine = ({ file: name }: { readonly file: string }) => name === environment.file
    const specs = { specs: all.specs.filter(mine), skipped: all.skipped.filter(mine), bad: all.bad.filter(mine) }
    const context = { text: file?.text, bad: specs.bad }
    const [account] = accountForFiles([environment], specs, mergeSpecs(specs.specs), PLATFORMS)
    const accounted = account?.accounts.map(({ entry: { kind, text, line } }) => ({ kind, text, line }))
    expect({ ...context, entries: accounted }).toEqual({ text: file?.text, bad: [], entries: file?.entries })
    const dependencies = PLATFORMS.map(platform => [platform, counting(environment, specs, platform)] as const)
    const verdict = theirs[index]
    const read = verdict === undefined || verdict === 'refused' ? {} : verdict.dependencies
    expect({ ...context, dependencies }).toEqual({
      ...context,
      dependencies: PLATFORMS.map(platform => [platform, read[platform]?.map(canonical).sort()])
    })
  }
  const entries = files.reduce((count, file) => count + file.entries.length, 0)
  process.stderr.write(`accounted for ${entries} entries of ${files.length} generated files\n`)
  expect(entries).toBeGreaterThan(1500)
})

test('a requirement is an address for packaging’s parser, or a plain name for both recognisers', async () => {
  const plain = fc.sample(plainRequirement, { ...SEED, numRuns: 200 })
  const addresses = fc.sample(address, { ...SEED, numRuns: 200 })
  const lines = [...plain, ...addresses].map(requirement => `      - ${JSON.stringify(requirement)}\n`)
  const text = `dependencies:\n  - pip:\n${lines.join('')}`
  const [name = ''] = await write([text], 'requirements')
  const specs = await readSpecs([readFile(name, text)])
  const forms = new Map([...specs.specs, ...specs.skipped, ...specs.bad].map(entry => [entry.text, entry.form]))
  const bad = new Set(specs.bad.map(entry => entry.text))
  for (const requirement of plain) {
    expect([requirement, forms.get(requirement), bad.has(requirement), isPlain('requirement', requirement)]).toEqual([
      requirement,
      'name',
      false,
      true
    ])
  }
  for (const requirement of addresses) {
    const isRefused = forms.get(requirement) !== 'name' || bad.has(requirement)
    expect([requirement, isRefused, isPlain('requirement', requirement)]).toEqual([requirement, true, false])
  }
})

test('what passes as a plain requirement is no address for packaging’s parser, whatever it is put together from', async () => {
  const plain = fc.sample(jumble, { ...SEED, numRuns: 60_000 }).filter(text => isPlain('requirement', text))
  const unique = [...new Set(plain)]
  expect(unique.length).toBeGreaterThan(200)
  const text = `dependencies:\n  - pip:\n${unique.map(line => `      - ${JSON.stringify(line)}\n`).join('')}`
  const [name = ''] = await write([text], 'jumble')
  const { specs, skipped, bad } = await readSpecs([readFile(name, text)])
  const unread = new Set(bad.map(entry => entry.text))
  const addresses = [...specs, ...skipped].filter(entry => entry.form !== 'name' && !unread.has(entry.text))
  expect(addresses.map(entry => entry.text)).toEqual([])
})

test('selectors are what conda-lock takes for them', async () => {
  const line = fc
    .tuple(fc.constantFrom('- a', '  - "b # c"', '', '# x', 'k: [a, b]'), fc.array(comment, { maxLength: 3 }))
    .map(([start, ends]) => start + ends.join(''))
  const lines = [
    ...fc.sample(line, { ...SEED, numRuns: 1000 }),
    'dask #[x]#[x](',
    'a#[b',
    '#[win]',
    ' #[win]',
    'é # [unix]'
  ]
  const program = `
import json, logging, sys
from conda_lock.src_parser.selectors import filter_platform_selectors
logging.disable()
task = json.load(sys.stdin)
keeps = lambda line, platform: list(filter_platform_selectors(line, platform=platform)) == [line]
print(json.dumps([[keeps(line, platform) for platform in task["platforms"]] for line in task["lines"]]))`
  const theirs = await askToolchain(program, { platforms: ALL, lines: lines.filter(text => text !== '') })
  const ours = lines.filter(text => text !== '').map(text => ALL.map(platform => selectLines(text, platform) === text))
  expect(ours).toEqual(theirs)
})
