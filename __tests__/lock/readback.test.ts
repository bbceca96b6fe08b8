import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lockOnce } from '../support/lock-once.js'
import { toolchainBin } from '../support/toolchain-paths.js'
import { environment, startChannel, type Channel } from '../support/world.js'

const run = promisify(execFile)

/** Versions and constraints that YAML could take for something else, or that are too long for a line. */
const ODD = ['1e3', '010', '1_0', '2024.10', '2020.01.01', '0x1f'].map((version, index) => ({
  name: `odd-${index}`,
  version,
  depends: index === 0 ? [] : [`odd-${index - 1} !=9.0,!=9.1,>=0,!=${'1.'.repeat(60)}1,<99999999`]
}))

const ALL = ODD.map(({ name, version }) => `${name}=${version}`)

let channel: Channel
let folder: string

beforeAll(async () => {
  channel = await startChannel(ODD)
  folder = await mkdtemp(join(tmpdir(), 'readback-'))
})

afterAll(async () => {
  await channel.close()
  await rm(folder, { recursive: true, force: true })
})

test('conda-lock as people install it reads the lockfile as it was meant, and would have written the same text', async () => {
  const environments = { 'environment.yml': environment(...ALL) }
  const { locked } = await lockOnce({ environments, alias: channel.alias })
  const { text } = locked.lockfile
  await writeFile(join(folder, 'conda-lock.yml'), text)
  const python = join(await toolchainBin(), 'python')

  await run(python, ['-m', 'conda_lock', 'render', '-k', 'explicit', '-p', 'linux-64'], { cwd: folder })
  expect(await readFile(join(folder, 'conda-linux-64.lock'), 'utf8')).toBe(locked.explicit[0]?.text)
  expect(locked.unified.packages.map(({ version }) => version)).toEqual(ODD.map(({ version }) => version))

  const write = 'import yaml; print(yaml.dump(yaml.safe_load(open("conda-lock.yml")), sort_keys=False), end="")'
  const { stdout } = await run(python, ['-c', write], { cwd: folder })
  expect(text.endsWith(`\n${stdout}`)).toBe(true)
})
