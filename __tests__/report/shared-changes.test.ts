import { expect, test } from '@jest/globals'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { renderImages } from '../../src/report/images.js'
import { makeReport } from '../../src/report/make.js'
import { factsOf, lock } from '../support/locks.js'

const order = await loadVersionOrder()
const PYTHON = 'python 3.12.1\n'

/** The sections of a pull request on these images, by title. */
function sections(images: Readonly<Record<string, readonly [before: string | undefined, after: string]>>) {
  const reports = Object.entries(images).map(([name, [before, after]]) => {
    const change = { before: before === undefined ? undefined : lock(PYTHON + before), after: lock(PYTHON + after) }
    return { name, changed: true, report: { ...makeReport(factsOf(change), order), audience: 'section' as const } }
  })
  const text = renderImages({ images: reports, failed: [], carried: [], runUrl: undefined }, 100_000)
  return new Map(text.split(/^## /m).map(part => [part.split('\n', 1)[0] ?? '', part]))
}

test('what happens alike to all images is told once, and only the rest in the section of each', () => {
  const told = sections({
    gpu: ['numpy 1.26.4\nzlib 1.2', 'numpy 2.0.1\nzlib 1.3\ncupy 13.0'],
    worker: ['numpy 1.26.4\nzlib 1.2', 'numpy 2.0.1\nzlib 1.3']
  })
  expect([...told.keys()].slice(1)).toEqual(['The same in every image that changes', '`gpu`', '`worker`'])
  expect(told.get('The same in every image that changes')).toContain('2 packages upgraded')
  expect(told.get('`gpu`')).toContain('**Besides what all have in common: 1 package added')
  expect(told.get('`gpu`')).not.toContain('`numpy`')
  expect(told.get('`worker`')).toContain('**Only what all have in common.**')
})

test('a package that moves from conda to pip in one image only is told as a move there', () => {
  const told = sections({
    gpu: ['tool 1.0\nzlib 1.2', 'tool 1.0 pip\nzlib 1.3'],
    worker: ['tool 1.0\nzlib 1.2', 'zlib 1.3']
  })
  expect(told.get('The same in every image that changes')).not.toContain('`tool`')
  expect(told.get('`gpu`')).toContain('From another channel, `files.pypi.example` instead of `conda-forge`: `tool`')
  expect(told.get('`worker`')).toContain('| `tool` | `1.0` | *removed* |')
})

test('a channel that is new to one image only is told there', () => {
  const told = sections({
    gpu: ['zlib 1.2', 'zlib 1.3\nnvidia::cudnn 9'],
    worker: ['zlib 1.2\nnvidia::driver 1', 'zlib 1.3\nnvidia::driver 1\nnvidia::cudnn 9']
  })
  expect(told.get('`gpu`')).toContain('From a channel that nothing came from until now, `nvidia`: `cudnn`')
  expect(told.get('`worker`')).not.toContain('until now')
})

test('an image that is locked for the first time is told apart, and one alone has nothing in common', () => {
  const change = ['zlib 1.2', 'zlib 1.3'] as const
  const told = sections({ first: [undefined, 'zlib 1.3'], gpu: change, worker: change })
  expect([...told.keys()].slice(1)).toEqual(['The same in `gpu`, `worker`', '`first`', '`gpu`', '`worker`'])
  expect(told.get('`first`')).toContain('**First lock: 2 packages')
  expect([...sections({ first: [undefined, 'zlib 1.3'], gpu: change }).keys()].slice(1)).toEqual(['`first`', '`gpu`'])
})
