import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startCacheService, type CacheService } from '../__tests__/support/cache-service.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import type { Project } from '../__tests__/support/world.js'
import { perform, throughNetwork, type Setting, type Way } from './setting.js'
import type { Subject } from './subject.js'
import { upstreamOf } from './deliveries.js'

/** Each of them downloads 50 MB from the package index. */
const COLD_ROUNDS = 2

/**
 * The whole job on a machine that has nothing, up to the pull request, in the network, from the moment in which the runner
 * starts the action: with a cache service that is empty, and with one that has the toolchain. The package index and the cache
 * service are as far away as they are.
 */
export async function measureJobs(setting: Setting, subject: Subject): Promise<void> {
  const { rounds, network, world } = setting
  const folder = await mkdtemp(join(setting.folder, 'jobs-'))
  const channel = await serveDirectory(subject.channels)
  const way = await throughNetwork(network, world, channel)
  const project = await world.project('jobs', { own: { 'environment.yml': subject.own }, upstream: subject.now })
  const job = { setting, project, way, folder }
  const coldRounds = Math.min(rounds, COLD_ROUNDS)
  let service = await startCacheService()
  for (let round = 0; round < coldRounds; round++) {
    await service.close()
    service = await startCacheService()
    // pip with an empty cache; that of uv is always empty.
    const environment = { PIP_CACHE_DIR: join(folder, `pip-${round}`) }
    await measureJob({ ...job, service, environment }, round, `installed with nothing cached (${coldRounds} rounds)`)
  }
  for (let round = coldRounds; round < coldRounds + rounds; round++) {
    await measureJob({ ...job, service, environment: {} }, round, 'restored from the cache service')
  }
  await Promise.all([service.close(), channel.close()])
  await rm(folder, { recursive: true })
}

interface Job {
  readonly setting: Setting
  readonly project: Project
  readonly way: Way
  readonly folder: string
  readonly service: CacheService
  readonly environment: Readonly<Record<string, string>>
}

async function measureJob(
  { setting, project, way, folder, service, environment }: Job,
  round: number,
  how: string
): Promise<void> {
  const toolCache = join(folder, 'tools')
  await rm(toolCache, { recursive: true, force: true })
  await project.upstream.commit(upstreamOf(round))
  await project.machine.checkout(project.own, 'main')
  way.takeRounds()
  const started = performance.now()
  // Memory is not measured: the cache service is in this process, and sampling would hold it up.
  const run = { project, inputs: {}, toolCache, way, environment: { ...service.environment, ...environment } }
  const log = await perform(setting, run)
  const seconds = (performance.now() - started) / 1000
  const toolchain = Number(/^Seconds: toolchain ([\d.]+)/m.exec(log)?.[1])
  setting.rows.note(`The toolchain, ${how}`, { seconds: toolchain })
  setting.rows.note(`The whole job, in the network; toolchain ${how}`, { seconds, rounds: way.takeRounds() })
}
