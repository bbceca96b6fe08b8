import { describe, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { readImages, describeSources } from '../../src/inputs/images.js'
import type { Inputs } from '../../src/inputs/inputs.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { RUNNER, type Given } from '../support/inputs.js'

const FILE = '.github/conda-lock-sync.yml'

function imagesOf(text: string, given: Given = {}): Inputs[] {
  const texts: Given = { token: 't', ...given }
  return readImages(name => texts[name] ?? '', parseSettings(FILE, text), RUNNER)
}

function problemsOf(text: string, given: Given = {}): string[] {
  try {
    imagesOf(text, given)
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return [error, ...error.others].map(
      ({ message, hint, place }) => `${place?.file ?? ''}:${place?.line ?? ''} ${message} ${hint}`
    )
  }
  return []
}

describe('a settings file says what a workflow would say', () => {
  test.each([
    ['a mapping', 'upstream-files:\n  a/environment.yml: A.yml\n  b/environment.yml: B.yml\n'],
    ['a list of pairs', 'upstream-files:\n  - a/environment.yml: A.yml\n  - b/environment.yml: B.yml\n'],
    ['a list of texts', "upstream-files: ['a/environment.yml: A.yml', 'b/environment.yml: B.yml']\n"],
    ['a text', 'upstream-files: |\n  a/environment.yml: A.yml\n  b/environment.yml: B.yml\n']
  ])('upstream files as %s', (_what, text) => {
    expect(imagesOf(text)[0]?.upstream?.files).toEqual([
      { path: 'a/environment.yml', local: 'A.yml' },
      { path: 'b/environment.yml', local: 'B.yml' }
    ])
  })

  test.each([['upstream-files: none\n'], ['upstream-files: []\n'], ['upstream-files: [none]\n']])(
    '%s: no upstream',
    text => {
      expect(imagesOf(text)[0]?.upstream).toBeUndefined()
    }
  )

  test('scalars as they are written, whatever YAML would make of them', () => {
    const [inputs] = imagesOf(
      'cuda: 12.10\nexclude-newer: 2025-09-24\nrelock: 7\ndraft: true\nplatforms:\n- linux-64\n- osx-arm64\n'
    )
    expect(inputs?.steering.cuda).toBe('12.10')
    expect(inputs?.steering.excludeNewer).toMatchObject([{ text: '2025-09-24', kind: 'all' }])
    expect(inputs?.relock).toEqual({ kind: 'if-inputs-changed', days: 7 })
    expect(inputs?.mode).toMatchObject({ draft: true })
    expect(inputs?.platforms).toEqual(['linux-64', 'osx-arm64'])
  })

  test('anchors share what several images have', () => {
    const text =
      'images:\n  a: &a\n    upstream-files: &files {x/environment.yml: X.yml}\n    cuda: "12.4"\n  b: *a\n  c:\n    upstream-files: *files\n'
    expect(imagesOf(text).map(({ upstream, steering }) => [upstream?.files[0]?.local, steering.cuda])).toEqual([
      ['a/X.yml', '12.4'],
      ['b/X.yml', '12.4'],
      ['c/X.yml', undefined]
    ])
  })

  test.each([[''], ['# nothing yet\n'], ['images:\n'], ['labels:\n']])('%p says nothing', text => {
    expect(imagesOf(text)).toEqual(imagesOf('{}'))
  })
})

describe('images', () => {
  const TEXT = `
upstream-files: none
platforms: [linux-64]
environment-files: [../common.yml, environment.yml]
images:
  notebook:
  images/gpu:
    cuda: '12.4'
    upstream-files: {a/environment.yml: A.yml}
`

  test('each has what the file says for all, and what differs there', () => {
    expect(
      imagesOf(TEXT).map(image => [image.workingDirectory, image.steering.cuda, image.upstream?.files[0]?.local])
    ).toEqual([
      ['notebook', undefined, undefined],
      ['images/gpu', '12.4', 'images/gpu/A.yml']
    ])
    expect(imagesOf(TEXT)[1]?.environmentFiles).toEqual(['images/common.yml', 'images/gpu/environment.yml'])
  })

  test('a run may be for one of them, and for no other folder', () => {
    expect(imagesOf(TEXT, { 'working-directory': './images/gpu/' }).map(image => image.workingDirectory)).toEqual([
      'images/gpu'
    ])
    expect(problemsOf(TEXT, { 'working-directory': 'dask' })).toEqual([
      expect.stringContaining('`dask` is not one of the images of the settings file: notebook, images/gpu.')
    ])
  })

  test('what the workflow sets wins, over what holds for an image, too', () => {
    const given: Given = { cuda: 'none', 'upstream-files': 'none' }
    expect(imagesOf(TEXT, given).map(({ steering, upstream }) => [steering.cuda, upstream])).toEqual([
      ['none', undefined],
      ['none', undefined]
    ])
  })

  test('a job that publishes expects a bundle of each', () => {
    const [inputs, ...others] = imagesOf(TEXT, { mode: 'publish', bundles: 'b' })
    expect(others).toEqual([])
    expect(inputs?.mode).toMatchObject({ bundles: { images: ['notebook', 'images/gpu'] } })
  })

  test('the branch of the pull requests is not the one that `commit` changes', () => {
    const branch = (mode: string) => imagesOf('branch: locks\n', { mode })[0]?.mode
    expect(branch('pull-request')).toMatchObject({ branch: 'locks' })
    expect(branch('commit')).toMatchObject({ branch: 'main' })
  })
})

describe('what is wrong is told with its line, all of it at once', () => {
  test.each([
    [
      'unknown keys',
      'relok: 7\nplatform: linux-64\nimages:\n  a:\n    Cuda: "12"\n',
      [
        `${FILE}:5 There is no setting \`Cuda\``,
        `${FILE}:1 There is no setting \`relok\``,
        `${FILE}:2 There is no setting \`platform\`. Did you mean \`platforms\`?`
      ]
    ],
    [
      'a list where one text belongs',
      'lockfile: [a, b]\n',
      [`${FILE}:1 \`lockfile\` is a list, and has to be one text`]
    ],
    [
      'a mapping where a list belongs',
      'platforms: {linux-64: true}\n',
      [`${FILE}:1 \`platforms\` is a mapping, and has to be a list of texts`]
    ],
    ['a list in a list', 'labels:\n  - a\n  - [b]\n', [`${FILE}:3 An entry of \`labels\` is not a text of one line`]],
    [
      'an upstream file without a copy',
      'upstream-files:\n  a/environment.yml:\n',
      [`${FILE}:2 \`a/environment.yml\` in \`upstream-files\` has no local file`]
    ],
    ['a token', 'token: x\n', [`${FILE}:1 \`token\` is said for each run`]],
    ['a title for one image', 'images:\n  a:\n    title: A\n', [`${FILE}:3 \`title\` is the same for all images`]],
    ['images as a list', 'images: [a, b]\n', [`${FILE}:1 \`images\` is not a mapping`]],
    ['an image outside', 'images:\n  ../a:\n', [`${FILE}:2 Input \`images\`: \`../a\` is outside the repository`]],
    ['an image twice', 'images:\n  a:\n  a/:\n', [`${FILE}:1 The image \`a\` is there twice`]],
    ['a key twice', 'cuda: "12"\ncuda: "13"\n', [`${FILE}:2 \`${FILE}\` is not valid YAML`]],
    ['no YAML', 'a: [\n', [`${FILE}:`]],
    ['a list', '- a\n', [`${FILE}:1 \`${FILE}\` is not a mapping`]],
    [
      'a value that is none',
      'cuda: "12"\nrelock: sometimes\n',
      [`${FILE}:2 Input \`relock\`: \`sometimes\` is neither`]
    ],
    [
      'a value of an image that is none',
      'images:\n  a:\n    update: some\n',
      [`${FILE}:3 Input \`update\`: \`some\` is not one of all, minimal. Correct \`update\` in ${FILE}.`]
    ]
  ])('%s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems.map(problem => expect.stringContaining(problem)))
  })

  test('a value of the workflow is corrected there', () => {
    expect(problemsOf('relock: 7\n', { relock: 'sometimes' })[0]).toContain('in the `with:` block of the workflow')
  })
})

test('the log says what came from where', () => {
  const given: Given = { mode: 'lock', token: 't' }
  const settings = parseSettings(FILE, 'relock: 7\nimages:\n  a:\n  b:\n    cuda: "12"\n')
  expect(describeSources(name => given[name] ?? '', settings)).toBe(
    `Settings: ${FILE} says relock; for b cuda. This run itself sets mode.`
  )
})
