import { rm } from 'node:fs/promises'
import { serveDirectory } from '../__tests__/support/channel.js'
import { environment, UPSTREAM_FILE } from '../__tests__/support/world.js'
import { measureRun, repodataIn, throughNetwork, type Setting, type Way } from './setting.js'
import type { Subject } from './subject.js'

/** Runs that open a pull request, update it, find nothing new, and, once it is merged, have nothing to do: calls and bytes. */
export async function measureDeliveries(setting: Setting, subject: Subject): Promise<void> {
  await measureNights(setting, subject, '', undefined)
}

/** The same through the network, each on a machine that has the toolchain, but nothing of the channel. */
export async function measureSlowDeliveries(setting: Setting, subject: Subject): Promise<void> {
  await measureNights(setting, subject, ', in the network', throughNetwork)
}

async function measureNights(
  setting: Setting,
  subject: Subject,
  where: string,
  wayTo: typeof throughNetwork | undefined
): Promise<void> {
  const channel = await serveDirectory(subject.channels)
  const way: Way | undefined = await wayTo?.(setting.network, setting.world, channel)
  const project = await setting.world.project(`deliveries${way === undefined ? '' : '-slow'}`, {
    channel: { ...setting.world.channel, alias: channel.url },
    own: { 'environment.yml': subject.own },
    upstream: subject.now
  })
  await project.settle({ environment: { RUNNER_TOOL_CACHE: setting.toolCache } })
  const run = async (what: string, inputs: Readonly<Record<string, string>> = {}) => {
    if (way !== undefined) await rm(repodataIn(setting.toolCache), { recursive: true, force: true })
    await measureRun(`A run that ${what}${where}`, setting, { project, inputs, channel, way })
  }
  for (let round = 0; round < setting.rounds; round++) {
    await project.upstream.commit(upstreamOf(2 * round))
    await run('opens a pull request')
    await project.upstream.commit(upstreamOf(2 * round + 1))
    await run('updates it')
    await run('finds nothing new')
    const [pull] = await project.openPulls()
    if (pull === undefined) throw new Error('there is no pull request to merge')
    await project.own.merge(pull.number)
    await run('has nothing to do, since it is merged (`relock: if-inputs-changed`)', { relock: 'if-inputs-changed' })
  }
  await channel.close()
}

/** Asks for another package of the made-up channel each time. */
export function upstreamOf(step: number): Readonly<Record<string, string>> {
  return { [UPSTREAM_FILE]: environment('python=3.12', `package-${String(100 + step).padStart(6, '0')}`) }
}
