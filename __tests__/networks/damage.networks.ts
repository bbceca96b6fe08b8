/** A toolchain in the tool cache that somebody or something has damaged is noticed, made anew, and never fails a run. */
import { afterAll, expect, test } from '@jest/globals'
import { chmod, cp, mkdir, mkdtemp, open, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { toolchainBin } from '../support/toolchain-paths.js'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'damaged-'))
afterAll(() => Promise.all([world.close(), rm(folder, { recursive: true, force: true })]))

const whole = dirname(await toolchainBin())
const packages = join('lib', (await readdir(join(whole, 'lib')))[0] ?? '', 'site-packages')

/** Other bytes in the place of some, so that the size stays. */
async function garble(path: string, at: number, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(bytes, '{'), 0, bytes, at)
  await file.close()
}

/** By what has happened to the folder. */
const DAMAGES: Readonly<Record<string, (toolchain: string) => Promise<unknown>>> = {
  'the Python that it was made from is gone': async toolchain => {
    await rm(join(toolchain, 'bin', 'python'))
    await symlink('/gone/python3', join(toolchain, 'bin', 'python'))
  },
  'its own Python is gone': toolchain => rm(join(toolchain, 'bin', 'python')),
  'a module is gone': toolchain => rm(join(toolchain, packages, 'conda_lock', 'conda_lock.py')),
  'a package is gone': toolchain => rm(join(toolchain, packages, 'rattler'), { recursive: true }),
  'it was unpacked by half': toolchain => rm(join(toolchain, packages, '..'), { recursive: true }),
  'a file was cut off': toolchain => truncate(join(toolchain, packages, 'conda_lock', 'conda_lock.py'), 1000),
  'the disk was full': toolchain => truncate(join(toolchain, packages, 'yaml', '__init__.py'), 0),
  'a file in the place of the folder': async toolchain => {
    await rm(toolchain, { recursive: true })
    await writeFile(toolchain, '')
  },
  'an empty folder': async toolchain => {
    await rm(toolchain, { recursive: true })
    await mkdir(toolchain)
  },
  'no right to run it': async toolchain => {
    await rm(join(toolchain, 'bin', 'python'))
    await writeFile(join(toolchain, 'bin', 'python'), '#!/bin/sh\n')
    await chmod(join(toolchain, 'bin', 'python'), 0o644)
  },
  'pyvenv.cfg is gone': toolchain => rm(join(toolchain, 'pyvenv.cfg')),
  'other bytes in a module': toolchain => garble(join(toolchain, packages, 'conda_lock', 'conda_lock.py'), 0, 500),
  'bytecode that was cut off': async toolchain => {
    const bytecode = join(toolchain, 'bytecode')
    const files = (await readdir(bytecode, { recursive: true })).filter(path => path.endsWith('.pyc'))
    await Promise.all(files.map(path => truncate(join(bytecode, path), 100)))
  },
  'no manifest, as from an older release': toolchain => rm(join(toolchain, 'manifest.json'))
}

test.each(Object.entries(DAMAGES))('%s', async (what, damage) => {
  const tools = await mkdtemp(join(folder, 'tools-'))
  const toolchain = join(tools, 'conda-lock-sync', basename(whole))
  await cp(whole, toolchain, { recursive: true, verbatimSymlinks: true })
  const project = await world.project(what.replaceAll(/[^a-z]+/gi, '-'))
  const run = () => project.run({ inputs: { mode: 'files' }, environment: { RUNNER_TOOL_CACHE: tools } })
  expect((await run()).exitCode).toBe(0)
  await damage(toolchain)
  const first = await run()
  expect(annotations(first, 'error')).toEqual([])
  expect(first.exitCode).toBe(0)
  expect(first.stdout).toMatch(/The toolchain (?:in .* is damaged|did not work)/)
  const second = await run()
  expect(second.exitCode).toBe(0)
  expect(second.stdout).not.toMatch(/The toolchain (?:in .* is damaged|did not work)/)
  await rename(tools, `${tools}.done`)
  expect(await readdir(join(`${tools}.done`, 'conda-lock-sync'))).toEqual([basename(whole), 'repodata'])
  await rm(`${tools}.done`, { recursive: true })
})
