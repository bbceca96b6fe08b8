/** What the pages say, held against the code: names, values, numbers, links, examples and the marks on what is not run. */
import { describe, expect, test } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { parse } from 'yaml'
import { TITLES } from '../../src/action/annotations.js'
import { isMapping } from '../../src/common/guards.js'
import { ENVIRONMENT_LIMITS } from '../../src/common/limits.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { INPUTS, OUTPUTS, type InputDescription } from '../../src/inputs/table.js'
import { ROOT } from '../support/action.js'
import { anchorsOf, codeSpans, isThere, linksOf, readPages, type Block, type Page } from '../support/documents.js'
import { ACTION } from '../support/stand-ins.js'

const pages = await readPages()
const blocks = pages.flatMap(page => page.blocks)
const inputs: Readonly<Record<string, InputDescription | undefined>> = INPUTS

function page(path: string): Page {
  const found = pages.find(each => each.path === path)
  if (found === undefined) throw new Error(`no page ${path}`)
  return found
}

describe('links', () => {
  test.each(pages.map(each => [each.path, each] as const))('%s: what is linked is there', async (path, from) => {
    const links = linksOf(from).map(link => ({
      ...link,
      path: link.path === '' ? path : posix.join(posix.dirname(path), link.path)
    }))
    const missing = await Promise.all(links.map(async link => ((await isThere(link.path)) ? [] : [link.path])))
    const headless = links.filter(({ path: target, anchor }) => {
      const linked = pages.find(each => each.path === target)
      return anchor !== '' && (linked === undefined || !anchorsOf(linked).includes(anchor))
    })
    expect({ missing: missing.flat(), headless }).toEqual({ missing: [], headless: [] })
  })

  test('every page is reached from the README or from CONTRIBUTING', () => {
    const reached = new Set(['README.md'])
    for (const path of reached) {
      const targets = pages.find(each => each.path === path)
      if (targets === undefined) continue
      for (const link of linksOf(targets)) reached.add(posix.join(posix.dirname(path), link.path))
    }
    const files = pages.map(each => each.path).filter(path => !AT_GITHUB.includes(path))
    expect(files.filter(path => !reached.has(path))).toEqual([])
  })
})

/** GitHub itself shows these. */
const AT_GITHUB = ['CHANGELOG.md', 'SECURITY.md']

/** Names with hyphens that are no inputs or outputs of this action: of files, packages, other tools' settings. */
const OTHER_NAMES = new Set([
  ...['base-image', 'base-notebook', 'pangeo-notebook', 'msgpack-python', 'conda-lock-sync'],
  ...['pip-repositories', 'allow-pypi-requests', 'inputs-hash', 'locked-on', 'timeout-minutes'],
  ...['conda-lock-sync-images-gpu', 'linguist-generated', 'pull-request', 'if-inputs-changed'],
  // relock-conda's.
  ...['environment-file', 'lock-file', 'ignored-packages', 'include-only-packages', 'relock-all-packages'],
  'skip-if-pr-exists',
  // What an index says of a file.
  ...['upload-time', 'data-upload-time']
])

describe('names', () => {
  test('every name that looks like an input or output is one', () => {
    const named = pages
      .filter(({ path }) => !AT_GITHUB.includes(path))
      .flatMap(codeSpans)
      .filter(code => /^[a-z]+(?:-[a-z]+)+$/.test(code))
    expect(named.length).toBeGreaterThan(80)
    const unknown = named.filter(name => !(name in INPUTS) && !(name in OUTPUTS) && !OTHER_NAMES.has(name))
    expect(unknown).toEqual([])
    expect([...OTHER_NAMES].filter(name => !named.includes(name))).toEqual([])
  })

  test('every `input: value` has a value that the input takes', () => {
    const written = pages.flatMap(codeSpans).flatMap(code => {
      const [, name = '', value = ''] = /^([a-z-]+): (\S+)$/.exec(code) ?? []
      const input = inputs[name]
      const values = input?.form === 'flag' ? ['true', 'false'] : input?.values
      return values === undefined ? [] : [{ code, fits: values.includes(value) }]
    })
    expect(written.length).toBeGreaterThan(20)
    expect(written.filter(({ fits }) => !fits)).toEqual([])
  })

  test('the table of modes has every mode', () => {
    const rows = [...page('docs/modes.md').prose.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, name]) => name)
    expect(rows.slice(1).toSorted()).toEqual([...INPUTS.mode.values].toSorted())
  })

  test('troubleshooting says of every title of an annotation where to look', () => {
    const [, table = ''] = page('docs/troubleshooting.md').prose.split('The title of an annotation')
    const rows = [...table.matchAll(/^\| ([^|]+?) *\|/gm)].map(([, title]) => title)
    expect(rows.slice(2, 2 + Object.keys(TITLES).length)).toEqual(Object.values(TITLES))
  })

  test('every command of npm is one of package.json', async () => {
    const scripts: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const known = isMapping(scripts) && isMapping(scripts.scripts) ? Object.keys(scripts.scripts) : []
    const said = pages.flatMap(codeSpans).flatMap(code => [...code.matchAll(/npm run ([a-z:-]+)/g)])
    expect(said.length).toBeGreaterThan(10)
    expect(said.map(([, name = '']) => name).filter(name => !known.includes(name))).toEqual([])
  })
})

describe('examples', () => {
  const yaml = blocks.filter(({ language }) => /^ya?ml$/.test(language))

  test('give the action only inputs that it has', () => {
    const names = yaml.flatMap(block => stepsIn(parse(block.text)).flatMap(inputsOf))
    expect(names.length).toBeGreaterThan(10)
    expect(names.filter(name => !(name in INPUTS))).toEqual([])
  })

  test('settings files are read as they stand', () => {
    const settings = yaml.filter(({ text }) => {
      const content: unknown = parse(text)
      return isMapping(content) && Object.keys(content).some(key => key in INPUTS)
    })
    expect(settings.length).toBeGreaterThanOrEqual(3)
    for (const block of settings) expect(() => parseSettings(block.page, block.text)).not.toThrow()
  })

  test('shell commands are run by `npm run test:documents`, or say why not', () => {
    const shell = blocks.filter(({ language }) => language === 'sh' || language === 'dockerfile')
    expect(shell.length).toBeGreaterThan(10)
    const reasons = ['needs conda', 'needs docker', 'needs GitHub', 'is .ci/run']
    for (const { page: path, line, language, notRun } of shell) {
      const fits = notRun === undefined ? language === 'sh' : reasons.includes(notRun)
      expect({ path, line, notRun, fits }).toMatchObject({ fits: true })
    }
  })
})

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Steps of a workflow, of a list of steps, or of a part of one. */
function stepsIn(content: unknown): readonly unknown[] {
  if (isList(content)) return content
  if (!isMapping(content)) return []
  if (isMapping(content.jobs)) {
    return Object.values(content.jobs).flatMap(job => (isMapping(job) && isList(job.steps) ? job.steps : []))
  }
  return 'with' in content ? [{ uses: `${ACTION}@`, ...content }] : []
}

function inputsOf(step: unknown): string[] {
  const isOwn = isMapping(step) && typeof step.uses === 'string' && step.uses.startsWith(`${ACTION}@`)
  return isOwn && isMapping(step.with) ? Object.keys(step.with) : []
}

/** The value of `NAME = VALUE` in a source file. */
async function constant(path: string, name: string): Promise<number> {
  const text = await readFile(join(ROOT, path), 'utf8')
  const line = text.split('\n').find(each => each.replace(/^(?:export )?const /, '').startsWith(`${name} = `))
  const value = Number.parseInt(line?.split(' = ')[1]?.replaceAll('_', '') ?? '', 10)
  if (Number.isNaN(value)) throw new Error(`no ${name} in ${path}`)
  return value
}

async function requirement(name: string): Promise<string> {
  const lines = (await readFile(join(ROOT, 'solver/requirements.in'), 'utf8')).split('\n')
  return lines.find(line => line.startsWith(`${name}==`))?.split('==')[1] ?? `no ${name}`
}

async function engine(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  return isMapping(content) && isMapping(content.engines) ? String(content.engines.node).replace('>=', '') : ''
}

/** The oldest Python, as it stands in the code. */
async function oldestPython(): Promise<string> {
  const text = await readFile(join(ROOT, 'src/toolchain/toolchain.ts'), 'utf8')
  return (/OLDEST_PYTHON = \[(\d+), (\d+)\]/.exec(text) ?? []).slice(1).join('.')
}

const thousands = (value: number) => value.toLocaleString('en-US')
const CONDA_LOCK = `conda-lock ${await requirement('conda-lock')}`
const NODE = `Node.js ${await engine()}`
const PYTHON = `Python ${await oldestPython()}`
const KIB = `${ENVIRONMENT_LIMITS.size / 1024} KiB`
const [, OWN_OF_CONDA_LOCK = ''] = INPUTS['virtual-packages'].description.split("conda-lock's own, ")
const DEFAULTS = OWN_OF_CONDA_LOCK.replace(/\.$/, '')
const CACHE = `${(await constant('src/toolchain/folder-cache.ts', 'MILLISECONDS')) / 1000} seconds`
const PROXY = `${(await constant('src/runner/network.ts', 'PROXY_MILLISECONDS')) / 1000} seconds`
const SOLVER = `${await constant('solver/rattler_conda.py', 'SECONDS')} seconds`
const BUILD = `${['no', 'one', 'two', 'three', 'four', 'five'][(await constant('solver/source_build.py', 'SECONDS')) / 60]} minutes`

/** Sentences with a number or a default in them, as the code has it. */
const FACTS: readonly (readonly [path: string, sentence: string])[] = [
  ['README.md', `you need ${NODE} or newer and ${PYTHON} or newer with \`venv\``],
  ['CONTRIBUTING.md', `You need ${NODE} or newer, and ${PYTHON} or newer with \`venv\``],
  ['docs/getting-started.md', `You need ${NODE} or newer, and ${PYTHON} or newer with \`venv\``],
  ['docs/modes.md', `It needs ${NODE} and ${PYTHON} or newer`],
  ['docs/troubleshooting.md', `need the same: ${NODE} or newer, ${PYTHON} or newer as \`${INPUTS.python.default}\``],
  ['docs/troubleshooting.md', `which needs ${PYTHON} or newer with \`venv\``],
  ['docs/how-it-works.md', `${CONDA_LOCK} solves upstream's files and yours together, once`],
  ['docs/how-it-works.md', `\`${INPUTS.relock.default}\` (the default) solves in every run`],
  ['docs/settings.md', `In \`${INPUTS.settings.default}\`, or the file that the input \`settings\` names`],
  ['docs/steering.md', `By default (\`${INPUTS.update.default}\`) each run takes the newest`],
  ['docs/steering.md', `conda-lock takes ${DEFAULTS} for Linux`],
  ['docs/troubleshooting.md', `conda-lock locks for ${DEFAULTS}`],
  ['docs/troubleshooting.md', `is larger than ${KIB}`],
  ['docs/architecture.md', `an environment file ${KIB} and ${thousands(ENVIRONMENT_LIMITS.entries)} entries`],
  ['docs/networks.md', `does not connect to a host within ${PROXY}`],
  ['docs/networks.md', `restoring takes ${CACHE} at most`],
  ['docs/threat-model.md', `restoring and saving get ${CACHE} each`],
  ['docs/networks.md', `which waits ${SOLVER} for each try`],
  ['docs/pip-packages.md', `or outlive its step, which has ${BUILD}`],
  ['docs/use-the-lockfiles.md', `by default \`${INPUTS['trial-command'].default.split('\n').slice(2).join(' ')}\``]
]

test.each(FACTS)('%s: "%s"', (path, sentence) => {
  expect(page(path).text.includes(sentence)).toBe(true)
})

test('every mark that says why a block is not run stands right above one', () => {
  const marks = (each: Page) => each.text.split('\n').filter(line => line.startsWith('<!-- not run: ')).length
  const marked = (each: Page): readonly Block[] => each.blocks.filter(({ notRun }) => notRun !== undefined)
  for (const each of pages) expect([each.path, marked(each).length]).toEqual([each.path, marks(each)])
})
