/**
 * What version 1.0.0 has written is read by every later 1.x: its bundles, what its pull requests remember, its settings files. The
 * files in `1.0/` are as it wrote them, and never change; what comes later gets a folder of its own.
 */
import { expect, test } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifest } from '../../src/bundle/manifest.js'
import { readImages } from '../../src/inputs/images.js'
import { parseSettings } from '../../src/inputs/settings.js'
import { INPUTS, isInputName, type InputDescription } from '../../src/inputs/table.js'
import { parseMarker } from '../../src/publish/marker.js'
import { ROOT } from '../support/action.js'
import { RUNNER } from '../support/inputs.js'

const read = (name: string) => readFile(join(ROOT, '__tests__', 'compatibility', '1.0', name), 'utf8')

test('a bundle of 1.0', async () => {
  const manifest = parseManifest(await read('bundle.json'))
  expect(manifest.files.map(({ path }) => path)).toContain('conda-lock.yml')
  expect(manifest.steered.moves.map(({ name }) => name)).toEqual(['xarray', 'python'])
  expect(manifest.steered.cooldowns).toHaveLength(2)
})

test('what a pull request of 1.0 remembers', async () => {
  const memory = parseMarker(await read('pull-request.md'))
  expect(memory).toMatchObject({
    commit: 'fa9771018c6a5d2b3e4f5a6b7c8d9e0f1a2b3c4d',
    closed: false,
    pending: ['labels']
  })
  expect(Object.keys(memory?.images ?? {})).toEqual(['.'])
  expect(memory?.base?.files).toHaveProperty(['conda-lock.yml'])
})

test('a settings file of 1.0, which says all that one can say', async () => {
  const settings = parseSettings('conda-lock-sync.yml', await read('conda-lock-sync.yml'))
  const images = readImages(name => (name === 'token' ? 't' : ''), settings, RUNNER)
  expect(images.map(({ workingDirectory, steering }) => [workingDirectory, steering.cuda])).toEqual([
    ['images/notebook', '12.4'],
    ['images/gpu', '12.6']
  ])
  // What is not in it can't be said together with what is.
  const others = ['conda-executable', 'virtual-packages']
  const said = Object.entries<InputDescription>(INPUTS).filter(([, { scope }]) => scope !== 'run')
  expect(said.map(([name]) => name).filter(name => isInputName(name) && !settings.common.has(name))).toEqual(others)
})
