import { serveDirectory } from '../__tests__/support/channel.js'
import type { Project } from '../__tests__/support/world.js'
import { findCondas, lockByHand } from './by-hand.js'
import { measure } from './measure.js'
import { collectRows } from './rows.js'
import { measureRun, type Setting } from './setting.js'
import { upstreamFiles, type Subject } from './subject.js'

export const RELOCK = 'Relock up to the verified files, with report'
export const NIGHT = 'A night without news'

/** The name of the row of {@link lockByHand}. */
export function handRow(conda: string): string {
  return `Two commands by hand, ${conda}`
}

/** By hand, a relock, and a night without news, taking turns; all in a repository that has the lockfiles of the day before. */
export async function measureRelocks(setting: Setting, subject: Subject): Promise<void> {
  const { world, rounds, toolCache } = setting
  const channel = await serveDirectory(subject.channels)
  const environment = { RUNNER_TOOL_CACHE: toolCache }
  const inputs = { 'upstream-files': upstreamFiles(subject) }
  const newProject = async (kind: string, upstream: Subject['now']): Promise<Project> => {
    const project = await world.project(`${kind}-${subject.name}`, {
      // Only the address of the channel is used.
      channel: { ...world.channel, alias: channel.url },
      own: { 'environment.yml': subject.own },
      upstream
    })
    await project.settle({ inputs, environment })
    return project
  }
  const project = await newProject('relock', subject.before)
  await project.upstream.commit(subject.now)
  const quiet = await newProject('night', subject.now)
  const condas = await findCondas(setting)
  for (let round = -1; round < rounds; round++) {
    const turn = { ...setting, rows: round < 0 ? collectRows() : setting.rows } // the first round warms up
    for (const conda of condas) {
      await project.machine.checkout(project.own, 'main')
      const hand = { conda, subject, alias: channel.url, checkout: project.machine.workspace }
      const { cost } = await measure(() => lockByHand(hand, setting))
      turn.rows.note(`${handRow(conda.name)} (${subject.name})`, cost)
    }
    const relock = { project, inputs: { ...inputs, mode: 'files' }, channel }
    await measureRun(`${RELOCK} (${subject.name})`, turn, relock)
    const night = { project: quiet, inputs: { ...inputs, relock: 'if-inputs-changed' }, channel }
    await measureRun(`${NIGHT} (${subject.name})`, turn, night)
  }
  await channel.close()
}
