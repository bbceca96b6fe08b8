/** What must hold of anything that others have written: it is read, or refused for a reason that a reader can use. */
import fc from 'fast-check'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { checkBundle } from '../../src/bundle/check.js'
import { parseManifest } from '../../src/bundle/manifest.js'
import type { UnpackedBundle } from '../../src/bundle/unpack.js'
import { SyncError } from '../../src/common/errors.js'
import { ENVIRONMENT_LIMITS, LOCKFILE_LIMITS } from '../../src/common/limits.js'
import { block, code, table } from '../../src/common/markdown.js'
import { oneLine } from '../../src/common/sentences.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { isPlain } from '../../src/environment/plain.js'
import { selectorOf } from '../../src/environment/selectors.js'
import { parseSpecs } from '../../src/environment/specs.js'
import { parseVirtualPackages } from '../../src/environment/virtual-packages.js'
import { githubError } from '../../src/github/errors.js'
import { lookUp, openTree } from '../../src/github/trees.js'
import { parseSettings } from '../../src/inputs/settings.js'
import type { VersionMatch } from '../../src/lockfile/constraint.js'
import { parseExplicitLock } from '../../src/lockfile/explicit.js'
import { decodeUrl, parseCondaUrl } from '../../src/lockfile/package.js'
import { PLATFORMS } from '../../src/lockfile/platforms.js'
import { parseLockHead, parseUnifiedLock } from '../../src/lockfile/unified.js'
import { formatMarker, parseMarker, replaceMarker } from '../../src/publish/marker.js'
import { isOtherVariant } from '../../src/report/variants.js'
import { withoutCommands } from '../../src/runner/log.js'
import { parseRepositoryName } from '../../src/runner/runner.js'
import { environmentFile } from '../environment/arbitrary.js'
import { ALIAS } from '../support/bundles.js'
import { damaged, soup, value } from './arbitrary.js'

/** A property by the name of what it reads. */
export type Properties = Readonly<Record<string, fc.IProperty<unknown> | fc.IAsyncProperty<unknown>>>

/** @param bundle one that is accepted */
export function makeProperties(bundle: UnpackedBundle, json: string, meets: VersionMatch): Properties {
  return {
    'environment file': over(fc.oneof(damaged(environmentFile.map(({ text }) => text)), soup), readEnvironment),
    'file of virtual packages': over(damaged(fc.constant(VIRTUAL)), text => {
      refusable(() => parseVirtualPackages({ path: 'virtual.yml', content: Buffer.from(text) }, ['linux-64']), text)
    }),
    lockfile: over(
      fc.oneof(damaged(fc.constant(textOf(bundle, 'conda-lock.yml'))), damaged(lockTexts), soup),
      readLockfile
    ),
    'explicit lockfile': over(damaged(fc.constant(textOf(bundle, 'conda-linux-64.lock') + PIP)), readExplicit),
    'bundle.json': over(damaged(fc.constant(json)), text => {
      refusable(() => parseManifest(text), text)
    }),
    bundle: over(damagedBundle(bundle), unpacked => {
      refusable(() => checkBundle(unpacked, EXPECTED, meets))
    }),
    "answer of conda-lock's parsers": over(value(ANSWER_NAMES), answer => {
      refusable(() =>
        parseSpecs(answer, [parseEnvironment(SOURCE, Buffer.from('dependencies: [a]'), PLATFORMS)], PLATFORMS)
      )
    }),
    'settings file': over(fc.oneof(damaged(fc.constant(SETTINGS)), soup), text => {
      refusable(() => parseSettings('settings.yml', text), text)
    }),
    "error of GitHub's": over(failure, ({ message, ...fields }) => {
      const { message: told, hint } = githubError(Object.assign(new Error(message), fields), 'do it')
      holds(told.startsWith('GitHub did not do it; ') && hint !== '', 'an error without a hint')
    }),
    'folders and links on GitHub': fc.asyncProperty(repository, path, async ({ root, folders, links }, start) => {
      const readFolder = (sha: string) => Promise.resolve(folders[sha] ?? [])
      const readLink = (sha: string) => Promise.resolve(links[sha] ?? '')
      const found = await lookUp(openTree(root, { readFolder, readLink }), start).catch((error: unknown) => {
        if (!(error instanceof SyncError)) throw error
        return undefined
      })
      holds(found === undefined || !/^(?:\/|\.\.(?:\/|$))/.test(found.place), 'a place out of the repository')
    }),
    'body of a pull request': over(fc.oneof(soup, value(MARKER_NAMES).map(markerOf)), readBody),
    'names and specs': over(soup, readNames),
    'text in the log and in Markdown': over(soup, writeText)
  }
}

function over<T>(values: fc.Arbitrary<T>, check: (value: T) => void): fc.IProperty<unknown> {
  return fc.property(values, check)
}

const SOURCE = { file: 'environment.yml', fix: 'Correct environment.yml.' }
const VIRTUAL = 'subdirs:\n  linux-64:\n    packages:\n      __glibc: "2.28"\n      __cuda: "12.6 0"\n'
const PIP = '# pip my-pkg @ https://files.example/a/My.Pkg-1.0rc1-py3-none-any.whl#sha256=00ff\n'
const EXPECTED = {
  channelAlias: ALIAS,
  allowedChannels: undefined,
  policyOn: 'upstream',
  servers: ['https://github.com']
} as const

/** Lockfiles as conda-lock writes them, in blocks. */
const lockTexts = fc.constant(`version: 1
metadata:
  content_hash:
    linux-64: 00ff
  channels:
  - url: conda-forge
    used_env_vars: []
  platforms:
  - linux-64
  sources:
  - environment.yml
  custom_metadata:
    created_by: conda-lock
package:
- name: numpy
  version: 1.26.4
  manager: conda
  platform: linux-64
  dependencies:
    libblas: '>=3.9.0,<4.0a0'
    python: '>=3.12,<3.13.0a0'
  url: https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312heda63a1_0.conda
  hash:
    md5: d41d8cd98f00b204e9800998ecf8427e
  category: main
  optional: false
`)

const SETTINGS = `upstream-files:
  pangeo-notebook/environment.yml: NBenvironment.yml
relock: 7
images:
  images/gpu:
    platforms: [linux-64, linux-aarch64]
    environment-files:
      - ../environment.yml
      - environment.yml
  images/cpu:
`

const failure = fc.record({
  message: soup,
  status: fc.constantFrom(200, 401, 403, 404, 409, 422, 429, 500, 502, undefined),
  response: fc.oneof(
    value(['headers', 'data', 'x-accepted-github-permissions', 'message', 'errors']),
    fc.constant(undefined)
  )
})

const pathOf = (...names: readonly string[]) =>
  fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'))
const path = pathOf('a', 'b', 'environment.yml')
const sha = fc.constantFrom('1', '2', '3')
const entries = fc.array(
  fc.record({
    path: fc.constantFrom('a', 'b', 'environment.yml'),
    mode: fc.constantFrom('100644', '100755', '120000', '120000', '040000', '160000', '0'),
    type: fc.constantFrom('blob', 'tree', 'commit'),
    sha
  }),
  { maxLength: 4 }
)
const repository = fc.record({
  root: entries,
  folders: fc.dictionary(sha, entries),
  links: fc.dictionary(
    sha,
    fc.oneof(
      path,
      path.map(target => `../${target}`),
      soup
    )
  )
})

const ANSWER_NAMES = [
  'files',
  'linux-64',
  'text',
  'place',
  'form',
  'name',
  'dependency',
  'manager',
  'conda',
  'category',
  'error'
]
const MARKER_NAMES = ['commit', 'files', 'metadata', 'images', 'base', 'closed', 'hashes', 'inputs', '.']

const markerOf = (memory: unknown) => `text\n<!-- conda-lock-sync: ${JSON.stringify(memory)} -->\n`

/** One line, which the log, an annotation and a page can take. */
const LONGEST_MESSAGE = 20_000

/** Runs a reader; what it throws must be meant for the reader of the run, and name a line that there is. */
function refusable<T>(read: () => T, text?: string): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyncError) && Object.getPrototypeOf(error) !== Error.prototype) throw error
    if (!(error instanceof Error) || error.message === '') throw error
    if (error.message.length > LONGEST_MESSAGE)
      throw new Error(`a message of ${error.message.length} characters`, { cause: error })
    if (error.message.includes('Cannot read properties')) throw error
    const line = error instanceof SyncError ? error.place?.line : undefined
    if (line !== undefined && text !== undefined)
      holds(line >= 1 && line <= text.split('\n').length, `there is no line ${line}`)
    return undefined
  }
}

function holds(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise)
}

function readEnvironment(text: string): void {
  const environment = refusable(() => parseEnvironment(SOURCE, Buffer.from(text), PLATFORMS), text)
  if (environment === undefined) return
  const lines = text.split('\n').length
  holds(environment.entries.length <= 3 * ENVIRONMENT_LIMITS.entries, 'more entries than allowed')
  for (const { line, text: entry } of environment.entries) {
    holds(line >= 1 && line <= lines, `there is no line ${line}`)
    holds(entry.length <= ENVIRONMENT_LIMITS.text, 'an entry is longer than allowed')
  }
  for (const platform of PLATFORMS) {
    for (const index of environment.dependencies(platform).keys()) {
      const line = environment.line(platform, [index])
      holds(line >= 1 && line <= lines, `there is no line ${line}`)
    }
  }
}

function readLockfile(text: string): void {
  parseLockHead(text)
  const lock = refusable(() => parseUnifiedLock(text))
  for (const pin of lock?.packages ?? []) {
    for (const part of [pin.name, pin.version, pin.url, pin.build, pin.hash]) {
      holds(part.length <= LOCKFILE_LIMITS.text + 'sha256:'.length, 'a text is longer than allowed')
    }
  }
}

function readExplicit(text: string): void {
  for (const pin of refusable(() => parseExplicitLock(text, 'linux-64')) ?? []) {
    holds(pin.url.length <= LOCKFILE_LIMITS.text, 'an address is longer than allowed')
  }
}

function readBody(body: string): void {
  const memory = parseMarker(body)
  if (memory === undefined) return
  const again = parseMarker(replaceMarker(body, memory))
  holds(JSON.stringify(again) === JSON.stringify(memory), 'a memory is another one after it was written')
  holds(!formatMarker(memory).slice(4, -3).includes('-->'), 'the memory ends its comment')
}

function readNames(text: string): void {
  isPlain('spec', text)
  isPlain('requirement', text)
  parseCondaUrl(text)
  decodeUrl(text)
  parseRepositoryName(text)
  isOtherVariant(text, 'cuda126_py312h5eee18b_300')
  const selector = selectorOf(text)
  holds(selector === undefined || text.includes(`[${selector}]`), 'a selector that is not there')
}

function writeText(text: string): void {
  for (const logged of [withoutCommands(text), withoutCommands(oneLine(text))]) {
    holds(!/[^\P{C}\n\t]|[\u2028\u2029]/u.test(logged), 'a control character in the log')
    holds(!/^\s*::|##\[/m.test(logged), 'a workflow command in the log')
  }
  const page = `${code(text)}\n\n${table(['a', 'b'], [[code(text), code(text)]])}\n\n${block('', text)}`
  const html = micromark(page, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] })
  const live = html.replace(/<code[^>]*>[^<]*<\/code>/g, '').replace(/<\/?(?:p|table|thead|tbody|tr|th|td|pre)>/g, '')
  holds(/^[\sab]*$/.test(live), `something of it is live: ${live.slice(0, 200)}`)
}

function textOf({ files }: UnpackedBundle, path: string): string {
  return Buffer.from(files.find(file => file.path === path)?.content ?? []).toString('utf8')
}

/** One of the files of a bundle is another than it was; its hashes would be made to fit. */
function damagedBundle(bundle: UnpackedBundle): fc.Arbitrary<UnpackedBundle> {
  const paths = bundle.files.filter(({ content }) => content !== undefined).map(({ path }) => path)
  return fc
    .constantFrom(...paths)
    .chain(path => damaged(fc.constant(textOf(bundle, path))).map(text => ({ path, content: Buffer.from(text) })))
    .map(changed => ({ ...bundle, files: bundle.files.map(file => (file.path === changed.path ? changed : file)) }))
}
