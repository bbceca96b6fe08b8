/** What the pages say, held against the code: names, values, numbers, links, examples and the marks on what is not run. */
import { describe, expect, test } from '@jest/globals'
import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { parse } from 'yaml'
import { TABLES, withTables } from '../../scripts/tables.js'
import { ENDS } from '../../src/action/ends.js'
import { TITLES } from '../../src/action/annotations.js'
import { pageAddress } from '../../src/common/project.js'
import { isMapping } from '../../src/common/guards.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { INPUTS, OUTPUTS, type InputDescription } from '../../src/inputs/table.js'
import { lockfileAttributes } from '../../src/terminal/first-files.js'
import { ROOT } from '../support/action.js'
import { anchorsOf, codeSpans, isThere, linksOf, readPages, type Block, type Page } from '../support/documents.js'
import { ACTION } from '../support/stand-ins.js'
import { exampleNamed, readWorkflow, type Step } from '../support/workflows.js'
import { FACTS, SOURCED } from './facts.js'
import { unheldNumbers } from './numbers.js'
import { misquoted, readTexts } from './quotes.js'

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

  test('a page that a message names is there, in the repository', async () => {
    const texts = await readTexts()
    const named = [...texts.matchAll(/pageAddress\('([^'#]+)#?([^']*)'\)/g)]
    expect(named.length).toBeGreaterThan(8)
    for (const [, name = '', anchor = ''] of named) {
      const { path, ...linked } = page(`docs/${name}`)
      expect([path, ...anchorsOf({ path, ...linked }), '']).toContain(anchor)
    }
    expect(pageAddress('modes.md')).toBe(`https://github.com/${ACTION}/blob/main/docs/modes.md`)
    // Nobody who reads a message has the folder at hand.
    const code = texts.split('\n').filter(line => !/^ *(?:\*|\/|#)/.test(line))
    expect(code.filter(line => /['`"].*docs\/[\w-]+\.md/.test(line))).toEqual([])
  })

  test.each(['CONTRIBUTING.md', 'docs/architecture.md', 'docs/networks.md'])(
    '%s: files of the code are there',
    async path => {
      const files = codeSpans(page(path)).filter(code =>
        /^(?!DATA|CHANNELS)[\w.-]+\/[\w./-]+\.(?:ts|js|py|in|txt|yml|json)$/.test(code)
      )
      const places = (file: string) => [file, `src/${file}`, `__tests__/${file}`]
      const found = await Promise.all(
        files.map(async file => (await Promise.all(places(file).map(isThere))).includes(true))
      )
      expect(files.length).toBeGreaterThan(0)
      expect(files.filter((_, index) => !found[index])).toEqual([])
    }
  )

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
  // What inputs hold.
  ...['latest-release', 'conda-forge', 'conda-lock-sync-bundle'],
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

  test('descriptions of inputs name every value, and that of `operation` every end of a run', () => {
    const silent = Object.values<InputDescription>(INPUTS).flatMap(({ values = [], description }) =>
      values.filter(value => !description.includes(`\`${value}\``))
    )
    expect(silent).toEqual([])
    const told = [...OUTPUTS.operation.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)
    // `mode: images` alone lists, and ends before there is anything to deliver.
    const ends = [...Object.keys(ENDS).filter(name => !name.includes(' ')), 'listed']
    expect(told.toSorted()).toEqual(ends.toSorted())
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

  test.each(['docs/networks.md', 'docs/troubleshooting.md'])(
    '%s quotes what the action says, or others',
    async path => {
      expect(misquoted(page(path), await readTexts())).toEqual([])
    }
  )

  test('every command of npm is one of package.json', async () => {
    const scripts: unknown = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const known = isMapping(scripts) && isMapping(scripts.scripts) ? Object.keys(scripts.scripts) : []
    const said = pages.flatMap(codeSpans).flatMap(code => [...code.matchAll(/npm run ([a-z:-]+)/g)])
    expect(said.length).toBeGreaterThan(10)
    expect(said.map(([, name = '']) => name).filter(name => !known.includes(name))).toEqual([])
  })
})

describe('tables', () => {
  const cellsOf = (text: string) => text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---')

  test.each(Object.keys(TABLES))('%s: one page has it, as the code does; `npm run build` writes it', name => {
    const own = pages.filter(({ text }) => text.includes(`<!-- ${name} -->`))
    expect(own).toHaveLength(1)
    for (const { text } of own) expect(cellsOf(withTables(text))).toBe(cellsOf(text))
  })

  test('docs/architecture.md has every folder of src/', async () => {
    const entries = await readdir(join(ROOT, 'src'), { withFileTypes: true })
    const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => `${name}/`)
    expect(firstCells(page('docs/architecture.md'), 'Folder').toSorted()).toEqual(folders.toSorted())
  })

  test('docs/modes.md asks for the permissions that the examples give to a job of that mode', async () => {
    const names = ['nightly', 'images', 'check', 'relock-comment']
    const workflows = await Promise.all(names.map(name => readWorkflow(exampleNamed(name))))
    const given = workflows.flatMap(({ permissions, jobs }) =>
      Object.values(jobs).flatMap(job =>
        job.steps.filter(isOwn).map(step => {
          const asked = Object.entries(job.permissions ?? permissions).map(([scope, may]) => `\`${scope}: ${may}\``)
          return [String(step.with?.mode ?? INPUTS.mode.default), asked] as const
        })
      )
    )
    expect(new Set(given.map(([mode]) => mode)).size).toBe(INPUTS.mode.values.length - 1)
    for (const [mode, asked] of given) {
      const row = page('docs/modes.md')
        .prose.split('\n')
        .find(line => line.startsWith(`| \`${mode}\` `))
      expect([mode, row?.split('|')[3]?.match(/`[^`]+`/g)]).toEqual([mode, asked])
    }
  })

  test('examples/heliocloud/README.md has every image of its settings', async () => {
    const settings: unknown = parse(await readFile(join(ROOT, 'examples/heliocloud/settings.yml'), 'utf8'))
    const images = isMapping(settings) && isMapping(settings.images) ? Object.keys(settings.images) : []
    expect(firstCells(page('examples/heliocloud/README.md'), 'image')).toEqual(images)
  })
})

function isOwn({ uses = '' }: Step): boolean {
  return uses.startsWith(`${ACTION}@`)
}

/** What stands first in each row of a table, without backquotes. */
function firstCells({ prose }: Page, title: string): string[] {
  const [, table = ''] = prose.split(`| ${title} `)
  const [rows = ''] = table.split('\n\n')
  return [...rows.matchAll(/^\| `?([^|`]+?)`? *\|/gm)].map(([, cell = '']) => cell).filter(cell => !/^-+$/.test(cell))
}

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

  test('the lines for .gitattributes are those that `init` writes', () => {
    const image = { folder: '.', environmentFiles: [], others: [], platforms: [], projects: [], hasCopies: false }
    const usual = { ...image, lockfile: undefined, explicitLockfile: undefined, baseImage: undefined }
    const shown = blocks.filter(({ language }) => language === 'gitattributes').map(({ text }) => text)
    expect(shown).toEqual([[...lockfileAttributes({ images: [usual], shared: [] }).values()].join('\n')])
  })

  test('shell commands are run by `npm run test:documents`, or say why not', () => {
    const shell = blocks.filter(({ language }) => language === 'sh' || language === 'dockerfile')
    expect(shell.length).toBeGreaterThan(10)
    const reasons = ['needs conda', 'needs docker', 'is .ci/run']
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

test.each(FACTS)('%s: "%s"', (path, sentence) => {
  expect(page(path).text.includes(sentence)).toBe(true)
})

describe('numbers', () => {
  test.each(pages.map(each => [each.path, each] as const))(
    '%s: each comes from the code, or says from where',
    (_, each) => {
      expect(unheldNumbers(each)).toEqual([])
    }
  )

  test.each(SOURCED)('%s: "%s" has a date or a source beside it', (path, statement, source) => {
    const { text } = page(path)
    expect([text.includes(statement), text.includes(source)]).toEqual([true, true])
    expect(source).toMatch(/\d{4}|\]\(/)
  })
})

test('every mark that says why a block is not run stands right above one', () => {
  const marks = (each: Page) => each.text.split('\n').filter(line => line.startsWith('<!-- not run: ')).length
  const marked = (each: Page): readonly Block[] => each.blocks.filter(({ notRun }) => notRun !== undefined)
  for (const each of pages) expect([each.path, marked(each).length]).toEqual([each.path, marks(each)])
})
