import { afterAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findDamage, writeManifest } from '../../src/toolchain/manifest.js'

const root = await mkdtemp(join(tmpdir(), 'manifest-'))
afterAll(() => rm(root, { recursive: true }))

/** What a virtual environment looks like, with a module and a Python that lies elsewhere. */
async function makeToolchain(): Promise<string> {
  const folder = await mkdtemp(join(root, 'toolchain-'))
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'lib', '__pycache__'), { recursive: true })
  await symlink(process.execPath, join(folder, 'bin', 'python'))
  await writeFile(join(folder, 'lib', 'module.py'), 'print()\n')
  await writeFile(join(folder, 'lib', 'empty.py'), '')
  await writeManifest(folder)
  return folder
}

test('a toolchain is whole, whatever Python has written beside it', async () => {
  const folder = await makeToolchain()
  await writeFile(join(folder, 'lib', '__pycache__', 'module.pyc'), 'bytecode')
  await mkdir(join(folder, 'bytecode'))
  expect(findDamage(folder)).toBeUndefined()
})

const module = join('lib', 'module.py')

test.each<[string, string, (folder: string) => Promise<unknown>]>([
  ['gone', 'lib/module.py is not what was installed', folder => rm(join(folder, module))],
  ['cut off', 'lib/module.py is not what was installed', folder => truncate(join(folder, module), 3)],
  [
    'a folder instead of a file',
    'lib/module.py is not what was installed',
    async folder => {
      await rm(join(folder, module))
      await mkdir(join(folder, module))
    }
  ],
  [
    'a Python that leads nowhere',
    'bin/python is not what was installed',
    async folder => {
      await rm(join(folder, 'bin', 'python'))
      await symlink('/gone', join(folder, 'bin', 'python'))
    }
  ],
  ['no manifest', 'manifest.json or bin/python is missing', folder => rm(join(folder, 'manifest.json'))],
  ['half a manifest', 'manifest.json or bin/python is missing', folder => truncate(join(folder, 'manifest.json'), 9)],
  ['another manifest', 'manifest.json is damaged', folder => writeFile(join(folder, 'manifest.json'), '[]')],
  ['nothing at all', 'manifest.json or bin/python is missing', folder => rm(folder, { recursive: true })]
])('%s', async (_what, damage, harm) => {
  const folder = await makeToolchain()
  await harm(folder)
  expect(findDamage(folder)).toBe(damage)
})
