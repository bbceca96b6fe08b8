import { expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryInstall } from '../../src/lock/trial.js'
import { PLATFORMS } from '../../src/lockfile/platforms.js'
import { DriverError } from '../../src/toolchain/driver.js'
import { buildChannel, serveDirectory } from '../support/channel.js'
import { lockOnce } from '../support/lock-once.js'
import { environment } from '../support/world.js'

test('a trial installs what was locked, not what another channel once had under the same file name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trial-'))
  const tool = 'tool'
  const withExitCode = (code: number) => ({
    name: tool,
    version: '1.0',
    scripts: { [`bin/${tool}`]: `#!/bin/sh\necho "This is tool ${code}." && exit ${code}\n` }
  })
  await buildChannel(join(folder, 'good', 'conda-forge'), [withExitCode(0)])
  await buildChannel(join(folder, 'bad', 'conda-forge'), [withExitCode(3)])
  const server = await serveDirectory(folder)
  const environments = { 'environment.yml': environment(tool) }
  try {
    await lockOnce({ environments, alias: `${server.url}/good`, trial: [tool] })
    await expect(lockOnce({ environments, alias: `${server.url}/bad`, trial: [tool] })).rejects.toThrow(
      'failed in the trial installation: This is tool 3.'
    )
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})

test('a trial installs what has a build that ends in a word, with the build number that the package says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'builds-'))
  const linux = { subdir: 'linux-64' }
  await buildChannel(join(folder, 'conda-forge'), [
    { name: 'pip', version: '25.2', build: 'pyh8b19718_2', buildNumber: 2 },
    { name: '_libgcc_mutex', version: '0.1', build: 'conda_forge', buildNumber: 0, ...linux },
    { name: 'python_abi', version: '3.12', build: '8_cp312', buildNumber: 8, ...linux },
    { name: 'liblapack', version: '3.9.0', build: '37_h47877c9_openblas', buildNumber: 37, ...linux },
    { name: 'pytorch', version: '2.7.0', build: 'cuda126_py312h1_300', buildNumber: 300, ...linux },
    { name: 'nomkl', version: '1.0', build: 'h5ca1d4c_0', buildNumber: 4, ...linux },
    { name: 'python', version: '3.12.11', build: '1_cpython', buildNumber: 1, ...linux }
  ])
  const server = await serveDirectory(folder)
  const names = ['_libgcc_mutex', 'liblapack', 'nomkl', 'python', 'python_abi', 'pytorch']
  const numbers = `grep -ho '"build_number": [0-9]*' "$CONDA_PREFIX"/conda-meta/*.json | tr -dc '0-9\\n' | sort -n | tr '\\n' ' '`
  try {
    await lockOnce({
      environments: { 'environment.yml': environment(...names) },
      alias: server.url,
      trial: ['sh', '-c', `test "$(${numbers})" = '0 1 2 4 8 37 300 '`]
    })
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})

test('a package that the channel has taken back meanwhile is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gone-'))
  await buildChannel(join(folder, 'conda-forge'), [{ name: 'tool', version: '1.0' }])
  const server = await serveDirectory(folder)
  server.fail(/\.tar\.bz2$/, 404)
  try {
    await expect(
      lockOnce({ environments: { 'environment.yml': environment('tool') }, alias: server.url, trial: ['true'] })
    ).rejects.toThrow(/could not be installed: \S+\/tool-1\.0-pyhd8ed1ab_0\.tar\.bz2 could not be read: .*404/)
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
})

test('a machine that cannot shut packages off tries nothing, and says what to do', async () => {
  const asked: string[] = []
  const driver = {
    request: (command: string) => {
      asked.push(command)
      return Promise.reject(new DriverError('UnsupportedError', 'its kernel has no Landlock', {}))
    },
    close: () => Promise.resolve()
  }
  await expect(tryNothing({ driver, scratch: tmpdir() })).rejects.toMatchObject({
    kind: 'input',
    message: 'Input `trial-install`: this runner cannot keep the packages from its tokens: its kernel has no Landlock.',
    hint: expect.stringContaining('in a job of its own that has no token')
  })
  expect(asked).toEqual(['trial'])
})

test('a command that puts a link in place of what was installed leaves nothing for a scanner to follow', async () => {
  const temp = await mkdtemp(join(tmpdir(), 'linked-'))
  const scratch = join(temp, 'scratch')
  const request = async () => {
    await mkdir(join(scratch, 'trial'), { recursive: true })
    await symlink('/', join(scratch, 'trial', 'prefix'))
  }
  const driver = { request, close: () => Promise.resolve() }
  await expect(tryNothing({ driver, scratch })).rejects.toMatchObject({
    kind: 'solve',
    message: 'The trial installation has put something else in place of its own folder.'
  })
  expect(await readdir(temp)).toEqual(['scratch'])
  await rm(temp, { recursive: true })
})

function tryNothing(condaLock: Parameters<typeof tryInstall>[3]): Promise<string> {
  const explicit = PLATFORMS.map(platform => ({ platform, path: '', text: '@EXPLICIT\n', packages: [] }))
  const locked = { explicit, unified: { packages: [] } }
  return tryInstall(locked, ['true'], { environments: { upstream: [], own: [] } }, condaLock)
}
