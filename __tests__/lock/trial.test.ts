import { expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { buildChannel, serveDirectory } from '../support/channel.js'
import { lockOnce } from '../support/lock-once.js'
import { environment } from '../support/world.js'

test('a trial installs what was locked, not what another channel once had under the same file name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trial-'))
  // What is downloaded is kept, so the name has to be new.
  const tool = basename(folder).toLowerCase()
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
