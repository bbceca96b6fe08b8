import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startCacheService } from '../__tests__/support/cache-service.js'
import type { Project } from '../__tests__/support/world.js'
import { perform, type Setting } from './setting.js'

/** Each of them downloads 50 MB from the package index. */
const COLD_ROUNDS = 2

/** How long runs wait for a toolchain: on a machine that has nothing, and on one whose cache service has it. */
export async function measureToolchains(setting: Setting): Promise<void> {
  const { rounds, rows } = setting
  const folder = await mkdtemp(join(setting.folder, 'toolchains-'))
  const project = await setting.world.project('toolchains')
  let service = await startCacheService()
  const coldRounds = Math.min(rounds, COLD_ROUNDS)
  for (let round = 0; round < coldRounds; round++) {
    await service.close()
    service = await startCacheService()
    // pip with an empty cache; that of uv is always empty.
    const environment = { ...service.environment, PIP_CACHE_DIR: join(folder, `pip-${round}`) }
    const seconds = await waitFor(setting, project, folder, environment)
    rows.note(`The toolchain, installed with nothing cached (${coldRounds} rounds)`, { seconds })
  }
  for (let round = 0; round < rounds; round++) {
    const seconds = await waitFor(setting, project, folder, service.environment)
    rows.note('The toolchain, restored from the cache service', { seconds })
  }
  await service.close()
  await rm(folder, { recursive: true })
}

async function waitFor(
  setting: Setting,
  project: Project,
  folder: string,
  environment: Readonly<Record<string, string>>
): Promise<number> {
  const toolCache = join(folder, 'tools')
  await rm(toolCache, { recursive: true, force: true })
  await project.machine.checkout(project.own, 'main')
  // Nothing else is measured: the cache service is in this process, and sampling would hold it up.
  const log = await perform(setting, { project, inputs: { mode: 'files' }, toolCache, environment })
  return Number(/^Seconds: toolchain ([\d.]+)/m.exec(log)?.[1])
}
