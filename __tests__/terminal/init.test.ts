/** The first files of a repository, after a look at what is in it. */
import { afterAll, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseSettings } from '../../src/inputs/settings.js'
import { readImages } from '../../src/inputs/images.js'
import { parse } from 'yaml'
import { init } from '../../src/terminal/init.js'
import { ROOT } from '../support/action.js'
import { RUNNER } from '../support/inputs.js'
import { explicitText, lock, lockfileText } from '../support/locks.js'
import { environment, snapshot } from '../support/world.js'

const scratch = await mkdtemp(join(tmpdir(), 'init-'))
afterAll(() => rm(scratch, { recursive: true }))

const SETTINGS = '.github/conda-lock-sync.yml'
const ATTRIBUTES = '.gitattributes'
const WORKFLOW = '.github/workflows/conda-lock-sync.yml'
const OWN = environment('sunpy')

async function initIn(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(scratch, 'repository-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const before = await snapshot(root)
  const printed = await init(root, join(ROOT, 'examples'))
  const { [SETTINGS]: settings, [WORKFLOW]: workflow, [ATTRIBUTES]: attributes, ...rest } = await snapshot(root)
  // Nothing that was there has changed.
  expect(before).toMatchObject(rest)
  expect(Object.keys(rest).length).toBe(
    Object.keys(before).filter(path => path !== SETTINGS && path !== ATTRIBUTES).length
  )
  const text = (content: string | undefined) => Buffer.from(content ?? '', 'base64').toString('utf8')
  // What was written is what the action reads.
  readImages(name => (name === 'mode' ? 'files' : ''), parseSettings(SETTINGS, text(settings)), {
    ...RUNNER,
    event: ''
  })
  return {
    root,
    printed,
    settings: parse(text(settings)) as unknown,
    workflow: text(workflow),
    attributes: text(attributes)
  }
}

const PANGEO = {
  'base-notebook/environment.yml': 'BNenvironment.yml',
  'pangeo-notebook/environment.yml': 'NBenvironment.yml'
}

/** A lockfile as conda-lock writes it, as far as its head. */
function oldLock(sources: readonly string[], platforms: readonly string[]): string {
  const list = (entries: readonly string[]) => entries.map(entry => `  - ${entry}\n`).join('')
  return `version: 1\nmetadata:\n  platforms:\n${list(platforms)}  sources:\n${list(sources)}package:\n- name: python\n`
}

test.each<[string, Record<string, string>, unknown]>([
  ['one environment file and nothing else', { 'environment.yml': OWN }, { 'upstream-files': 'none', relock: 7 }],
  [
    'a Dockerfile on one of Pangeo’s images',
    {
      'environment.yml': OWN,
      Dockerfile: 'ARG TAG=1\nFROM --platform=linux/amd64 quay.io/pangeo/pangeo-notebook:${TAG}\n'
    },
    { 'upstream-files': PANGEO, relock: 7 }
  ],
  [
    'copies of Pangeo’s files',
    { 'environment.yml': OWN, 'NBenvironment.yml': OWN },
    { 'upstream-files': PANGEO, relock: 7 }
  ],
  [
    'a Dockerfile in stages, on an image that is an argument',
    {
      'environment.yml': OWN,
      Dockerfile:
        'ARG BASE="pangeo/pangeo-notebook:2025.08.14"\nFROM ${BASE} AS wheels\nRUN pip wheel .\n\nFROM wheels\nCOPY . .\n'
    },
    { 'upstream-files': PANGEO, relock: 7 }
  ],
  [
    'a Dockerfile on an argument whose default stands where it is used',
    { 'environment.yml': OWN, Dockerfile: 'ARG BASE\nFROM ${BASE:-pangeo/pangeo-notebook:2025.08.14}\n' },
    { 'upstream-files': PANGEO, relock: 7 }
  ],
  [
    'platforms that the environment file names, where no lockfile says it',
    { 'environment.yml': `${OWN}platforms: [osx-arm64, linux-64, linux-armv7l]\n` },
    { 'upstream-files': 'none', platforms: ['linux-64', 'osx-arm64'], relock: 7 }
  ],
  [
    'a lockfile of files in other folders, one of them a Python project',
    {
      'conda-lock.yml': oldLock(['pyproject.toml', 'dev/environment.yml', 'dev/constraints.yml'], ['linux-64']),
      'pyproject.toml': '[project]\nname = "recommender"\n',
      'dev/environment.yml': `category: dev\n${OWN}`,
      'dev/constraints.yml': OWN
    },
    { 'upstream-files': 'none', 'environment-files': ['dev/environment.yml', 'dev/constraints.yml'], relock: 7 }
  ],
  [
    'explicit lockfiles of another name for two platforms',
    {
      'env.yml': OWN,
      'packages-linux-64.lock': explicitText(lock('python 3.12.1 0_cpython')),
      'packages-osx-arm64.lock': '@EXPLICIT\n'
    },
    {
      'upstream-files': 'none',
      'environment-files': ['env.yml'],
      'explicit-lockfile': 'packages-{platform}.lock',
      platforms: ['linux-64', 'osx-arm64'],
      relock: 7
    }
  ],
  [
    'an old lockfile that says what it was made from',
    {
      '.binder/environment.yml': OWN,
      '.binder/environment-dev.yml': OWN,
      'base.yml': OWN,
      '.binder/image.conda-lock.yml': oldLock(['../base.yml', 'environment.yml'], ['linux-64'])
    },
    {
      'upstream-files': 'none',
      'environment-files': ['../base.yml', 'environment.yml'],
      lockfile: 'image.conda-lock.yml',
      relock: 7,
      images: { '.binder': null }
    }
  ],
  [
    'several images that share a file',
    {
      'images/common/environment.yml': OWN,
      'images/gpu/environment.yml': OWN,
      'images/gpu/Dockerfile': 'FROM pangeo/ml-notebook@sha256:abc\n',
      'images/dask/environment.yml': OWN
    },
    {
      'environment-files': ['../common/environment.yml', 'environment.yml'],
      relock: 7,
      images: {
        'images/dask': { 'upstream-files': 'none' },
        'images/gpu': {
          'upstream-files': {
            'base-notebook/environment.yml': 'BNenvironment.yml',
            'ml-notebook/environment.yml': 'NBenvironment.yml'
          }
        }
      }
    }
  ]
])('%s', async (_what, files, settings) => {
  expect((await initIn(files)).settings).toEqual(settings)
})

test('the workflow is the example, for the default branch of the clone', async () => {
  const { workflow, printed } = await initIn({ 'environment.yml': OWN, '.git/HEAD': 'ref: refs/heads/master\n' })
  const example = await readFile(join(ROOT, 'examples', 'nightly.yml'), 'utf8')
  expect(parse(workflow)).toEqual(parse(example.replace('branches: [main]', 'branches: [master]')))
  expect(printed).toContain(`Wrote ${SETTINGS}.\nWrote ${WORKFLOW}.`)
  const several = await initIn({ 'a/environment.yml': OWN, 'b/environment.yml': OWN })
  expect(parse(several.workflow)).toEqual(parse(await readFile(join(ROOT, 'examples', 'images.yml'), 'utf8')))
})

test('what is there stays, and is said', async () => {
  const { printed, settings, root } = await initIn({ 'environment.yml': OWN, [SETTINGS]: 'relock: 3\n' })
  expect(settings).toEqual({ relock: 3 })
  expect(printed).toContain(`${SETTINGS} is there already, and stays as it is.\nWrote ${WORKFLOW}.`)
  const before = await snapshot(root)
  expect(await init(root, join(ROOT, 'examples'))).toContain(`${WORKFLOW} is there already`)
  expect(await snapshot(root)).toEqual(before)
})

test('which images follow nobody is said, since nothing else would tell', async () => {
  const alone = await initIn({ 'environment.yml': OWN, Dockerfile: 'FROM pangeo/base-image:2025.01.01\n' })
  expect(alone.printed).toContain('Found no upstream to follow, so your own files are locked alone.')
  expect((await initIn({ 'environment.yml': OWN, [SETTINGS]: 'relock: 3\n' })).printed).not.toContain('no upstream')
  const image = { 'a/environment.yml': OWN, 'a/Dockerfile': 'FROM pangeo/pangeo-notebook:2025.01.01\n' }
  expect((await initIn(image)).printed).not.toContain('no upstream')
  expect((await initIn({ ...image, 'b/environment.yml': OWN })).printed).toContain('no upstream to follow for b, so')
})

test('a project that the old lockfile was made from is said to be none that is read', async () => {
  const { printed } = await initIn({
    'environment.yml': OWN,
    'pyproject.toml': '',
    'conda-lock.yml': oldLock(['environment.yml', 'pyproject.toml'], ['linux-64'])
  })
  expect(printed).toContain('conda-lock.yml was made from pyproject.toml as well')
})

test('a push of an environment file of another name starts the workflow, too', async () => {
  const { workflow } = await initIn({ 'env.yml': OWN })
  expect(parse(workflow)).toMatchObject({
    on: { push: { paths: ['**/environment.yml', '**/env.yml', '.github/conda-lock-sync.yml'] } }
  })
})

test('an explicit lockfile is called by its name', async () => {
  const files = { 'environment.yml': OWN, 'conda-linux-64.lock': explicitText(lock('python 3.12.1 0_cpython')) }
  expect((await initIn(files)).printed).toContain('the explicit lockfile conda-linux-64.lock.')
})

test('the settings file says what its days mean', async () => {
  const { root } = await initIn({ 'environment.yml': OWN })
  expect(await readFile(join(root, SETTINGS), 'utf8')).toMatch(/^relock: 7 # days; at once when/m)
})

test('git does not merge two locks, and GitHub folds them', async () => {
  const { attributes, root } = await initIn({ 'environment.yml': OWN })
  expect(attributes).toBe(
    ['conda-lock.yml', 'conda-*.lock', 'conda-*.pip.txt'].map(name => `${name} linguist-generated -merge\n`).join('')
  )
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' })
  git('init', '-q')
  expect(
    git('check-attr', 'merge', 'linguist-generated', '--', 'conda-linux-64.lock', 'gpu/conda-linux-64.pip.txt')
  ).toMatch(/^(?:\S+: merge: unset\n\S+: linguist-generated: set\n){2}$/)
})

test.each([
  ['without a line end', '*.png binary', '*.png binary\n'],
  ['with Windows line ends', '*.png binary\r\n', '*.png binary\r\n']
])('what .gitattributes says stays, %s, and is completed once', async (_how, before, kept) => {
  const files = {
    'environment.yml': OWN,
    'my.conda-lock.yml': oldLock(['environment.yml'], ['linux-64']),
    [ATTRIBUTES]: before
  }
  const { attributes, printed, root } = await initIn(files)
  expect(attributes).toBe(
    `${kept}my.conda-lock.yml linguist-generated -merge\nconda-*.lock linguist-generated -merge\nconda-*.pip.txt linguist-generated -merge\n`
  )
  expect(printed).toContain('Added the lockfiles to .gitattributes.')
  expect(await init(root, join(ROOT, 'examples'))).toContain('.gitattributes knows the lockfiles already')
  expect(await readFile(join(root, ATTRIBUTES), 'utf8')).toBe(attributes)
})

test('what .gitattributes says of a lockfile is not contradicted', async () => {
  const { attributes } = await initIn({ 'environment.yml': OWN, [ATTRIBUTES]: 'conda-lock.yml -diff\n' })
  expect(attributes).toMatch(/^conda-lock\.yml -diff\nconda-\*\.lock [^\n]*\nconda-\*\.pip\.txt [^\n]*\n$/)
})

test('files that only look like environment files, and lockfiles that conda-lock writes, are no images', async () => {
  const files = {
    'environment.yml': OWN,
    'docs/environment-notes.yml': 'name: notes\n',
    'conda-lock.yml': lockfileText([])
  }
  const { printed } = await initIn(files)
  expect(printed).not.toContain('docs')
  await expect(initIn({ 'README.md': '' })).rejects.toThrow('There is no environment file')
})
