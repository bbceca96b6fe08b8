/** One tool cache for several runs: what one of them mends the others go on using. */
import { afterAll, expect, jest, test } from '@jest/globals'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { messageOf } from '../../src/common/errors.js'
import { startDriver, revive } from '../../src/toolchain/driver.js'
import { prepareToolchain, type Toolchain } from '../../src/toolchain/toolchain.js'
import { SOLVER, toolchainBin } from '../support/toolchain-paths.js'

const folder = await mkdtemp(join(tmpdir(), 'sharing-'))
afterAll(() => rm(folder, { recursive: true }))

const installed = dirname(await toolchainBin())
// Installing takes a moment, and links what is there already.
const parts = ['bin', 'lib', 'pyvenv.cfg'].map(name => join(installed, name)).join(' ')
const link = `for made; do :; done; mkdir -p "$made"; sleep 0.3; ln -s ${parts} "$made"`
await writeFile(join(folder, 'uv'), `#!/bin/sh\nif [ "$1" = venv ]; then ${link}; fi\n`, { mode: 0o755 })
const environment = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` }

function prepare(cache: string): Promise<Toolchain> {
  return prepareToolchain({ python: 'python3', solverFolder: SOLVER, cache: join(folder, cache), environment })
}

/** What another run that uses the toolchain meets while something is done. */
async function meanwhile({ bin }: Toolchain, work: () => Promise<unknown>): Promise<Set<string>> {
  const met = new Set<string>()
  const look = () => {
    try {
      accessSync(join(bin, 'python'), constants.X_OK)
    } catch (error) {
      met.add(messageOf(error))
    }
  }
  const looking = setInterval(look, 2)
  await work()
  clearInterval(looking)
  return met
}

const identityOf = async ({ bin }: Toolchain) => (await stat(dirname(bin))).ino

test('a toolchain that does not work is made anew beside what other runs use', async () => {
  await prepare('anew')
  const toolchain = await prepare('anew')
  const before = await identityOf(toolchain)
  expect(await meanwhile(toolchain, () => toolchain.renew())).toEqual(new Set())
  expect(await identityOf(toolchain)).not.toBe(before)
  expect(await toolchain.renew()).toBe(false)
})

test('a toolchain that is damaged is replaced while other runs go on using what is left of it', async () => {
  const toolchain = await prepare('damaged')
  await rm(join(dirname(toolchain.bin), 'pyvenv.cfg'))
  expect(await meanwhile(toolchain, () => prepare('damaged'))).toEqual(new Set())
  expect(await stat(join(dirname(toolchain.bin), 'pyvenv.cfg'))).toBeDefined()
})

/** A driver whose process ends so the first time, and answers the second. */
async function startDying(
  end: string
): Promise<{ driver: ReturnType<typeof revive>; renew: jest.Mock<() => Promise<boolean>> }> {
  const place = await mkdtemp(join(folder, 'driver-'))
  const python = join(place, 'python')
  await writeFile(python, `#!/bin/sh\nmkdir "$0.died" 2>/dev/null && ${end}\nread -r _\necho '{"it": "answers"}'\n`, {
    mode: 0o755
  })
  const renew = jest.fn(() => Promise.resolve(true))
  const options = { python, solverFolder: place, environment: {}, seconds: 60, log: join(place, 'log') }
  return { driver: revive(() => startDriver(options), renew), renew }
}

test.each(['KILL', 'TERM', 'HUP'])(
  'a driver that gets SIG%s is started again, and nothing is made anew',
  async signal => {
    const { driver, renew } = await startDying(`kill -${signal} $$`)
    expect(await driver.request('specs', {})).toEqual({ it: 'answers' })
    expect(renew).not.toHaveBeenCalled()
    await driver.close()
  }
)

test.each(['exit 1', 'kill -SEGV $$', 'kill -BUS $$'])(
  'a driver that ends by `%s` is started again from a toolchain that is made anew',
  async end => {
    const { driver, renew } = await startDying(end)
    expect(await driver.request('specs', {})).toEqual({ it: 'answers' })
    expect(renew).toHaveBeenCalledTimes(1)
    await driver.close()
  }
)
