import { describe, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { channelName, checkIndexes, uniteChannels } from '../../src/environment/channels.js'
import { parseEnvironment, type Environment } from '../../src/environment/parse.js'

const ALIAS = 'https://mirror.example/conda'

function file(path: string, key: string, items: readonly string[]): Environment {
  const text = `name: x\n${key}:\n${items.map(item => `  - ${item}\n`).join('')}dependencies: [a]\n`
  return parseEnvironment({ file: path, fix: '' }, Buffer.from(text), ['linux-64'])
}

/** What is said of the channels of upstream's file and an own one. */
function said(upstream: readonly string[], own: readonly string[]): string {
  try {
    return uniteChannels([file('upstream.yml', 'channels', upstream), file('own.yml', 'channels', own)], ALIAS).join()
  } catch (error) {
    return error instanceof SyncError ? `${error.place?.file ?? ''}:${error.place?.line ?? ''} ${error.hint}` : ''
  }
}

test.each([
  ['conda-forge', 'conda-forge'],
  ['conda-forge/', 'conda-forge'],
  [`${ALIAS}/conda-forge`, 'conda-forge'],
  ['https://conda.anaconda.org/conda-forge//', 'conda-forge'],
  ['https://conda.anaconda.org/conda-forge/label/dev', 'conda-forge/label/dev'],
  ['http://conda.anaconda.org/conda-forge', 'http://conda.anaconda.org/conda-forge'],
  ['https://conda.anaconda.org/../evil', 'https://conda.anaconda.org/../evil'],
  ['https://conda.anaconda.org.evil.example/conda-forge', 'https://conda.anaconda.org.evil.example/conda-forge'],
  ['https://conda.anaconda.org/', 'https://conda.anaconda.org']
])('the channel %s is called %s', (written, name) => {
  expect(channelName(written, ALIAS)).toBe(name)
})

describe('the advice keeps the priority that a person wrote', () => {
  test.each([
    [['conda-forge'], ['bioconda', 'conda-forge'], 'bioconda,conda-forge'],
    [
      ['conda-forge'],
      ['conda-forge', 'defaults'],
      'own.yml:4 Give own.yml the channels `conda-forge`, as upstream.yml has them, and ask for each package that has to come from elsewhere as `defaults::package`.'
    ],
    [
      ['pytorch', 'conda-forge'],
      ['bioconda', 'conda-forge'],
      'own.yml:3 Give own.yml the channels `bioconda`, `pytorch`, `conda-forge`, in this order.'
    ],
    [
      ['a', 'b'],
      ['b', 'a'],
      'own.yml:3 Give own.yml the channels `a`, `b`, as upstream.yml has them; a single package can be asked for as `channel::package`.'
    ],
    [
      ['conda-forge'],
      ['bioconda', 'https://conda.anaconda.org/conda-forge/'],
      'own.yml:4 `https://conda.anaconda.org/conda-forge/` is the channel `conda-forge`. Give own.yml the channels `bioconda`, `conda-forge`, in this order.'
    ]
  ])('%j and %j', (upstream, own, message) => {
    expect(said(upstream, own)).toBe(message)
  })
})

test('package indexes are united by the same rule, and told at the key', () => {
  const key = 'pip-repositories'
  const files = [file('upstream.yml', key, ['https://a.example']), file('own.yml', key, ['https://b.example'])]
  expect(() => {
    checkIndexes(files)
  }).toThrow('conda-lock cannot combine the `pip-repositories` of upstream.yml and own.yml')
})
