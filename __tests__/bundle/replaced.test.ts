/** What a bundle may put in the place of what is on the base branch. */
import { expect, test } from '@jest/globals'
import { checkReplaced } from '../../src/bundle/replaced.js'
import { makeBundle } from '../support/bundles.js'
import { lock } from '../support/locks.js'

const OLD = makeBundle({
  packages: lock('python 3.11.0\nhapiclient 0.2.5 pip'),
  upstream: 'channels: [conda-forge]\ndependencies: [zarr]\n'
})
const FILES = new Map(
  OLD.files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content] as const]))
)

/** Replaces one file of before. */
const withFile = (path: string, text: string) => new Map([...FILES, [path, Buffer.from(text)]])

test('are files of the same kind, also those that are needed no more', () => {
  expect(() => {
    checkReplaced(makeBundle(), FILES)
  }).not.toThrow()
  expect(() => {
    checkReplaced(makeBundle(), new Map())
  }).not.toThrow()
})

test.each([
  ['conda-lock.yml', '<<<<<<< HEAD\nversion: 1\npackage:\n- name: a\n=======\n'],
  ['conda-linux-64.lock', '<<<<<<< HEAD\n@EXPLICIT\n=======\n'],
  ['NBenvironment.yml', 'dependencies:\n- python=3.11=\n  - [\n'],
  ['NBenvironment.yml', '\n']
])('is a broken %s, which the next lock mends', (path, text) => {
  expect(() => {
    checkReplaced(makeBundle(), withFile(path, text))
  }).not.toThrow()
})

test.each([
  ['conda-lock.yml', 'services: {web: {image: package}}\n'],
  ['conda-linux-64.lock', '#!/bin/sh\necho @EXPLICIT\n'],
  ['conda-linux-64.pip.txt', '# Ours.\nnumpy\n'],
  ['NBenvironment.yml', 'FROM python\n']
])('is no file of the same name that is something else: %s', (path, text) => {
  expect(() => {
    checkReplaced(makeBundle(), withFile(path, text))
  }).toThrow(expect.objectContaining({ kind: 'bundle', message: expect.stringContaining(`\`${path}\``) }))
})

test('may be anything that stays as it is', () => {
  const bundle = makeBundle({ packages: lock('hapiclient 0.2.5 pip') })
  const files = new Map(bundle.files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content]])))
  expect(() => {
    checkReplaced(bundle, files)
  }).not.toThrow()
})
