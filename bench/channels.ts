import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from '../__tests__/support/action.js'
import { serveDirectory } from '../__tests__/support/channel.js'
import type { Project } from '../__tests__/support/world.js'
import { median, runCommand } from './measure.js'
import type { Row } from './rows.js'
import { measureRun, repodataIn, type Setting } from './setting.js'
import type { Point } from './plot.js'
import { syntheticSubject } from './subject.js'

const FORMS = ['plain', 'zst', 'sharded'] as const
const STATES = ['cold', 'warm'] as const

function rowName(records: number, form: string, state: string): string {
  return `${records.toLocaleString('en')} records, ${form}, ${state}`
}

/** The folder of a made-up channel. */
export function channelFolder(folder: string, records: number, form: (typeof FORMS)[number]): string {
  return join(folder, String(records), form)
}

/** Makes those channels that an earlier benchmark has not made. */
export async function makeChannels(folder: string, sizes: readonly number[], python: string): Promise<void> {
  for (const size of sizes) {
    const finished = join(folder, String(size))
    if (await exists(finished)) continue
    const unfinished = `${finished}.${process.pid}`
    const args = [join(ROOT, 'bench', 'make_channel.py'), unfinished, String(size)]
    await runCommand({ program: python, args, cwd: ROOT, environment: process.env })
    await runCommand({ program: 'mv', args: [unfinished, finished], cwd: ROOT, environment: process.env })
  }
}

/** Channels of all sizes and forms, cold and warm, taking turns. */
export async function measureChannels(setting: Setting, sizes: readonly number[]): Promise<void> {
  const { own, now } = syntheticSubject('')
  const project = await setting.world.project('channels', { own: { 'environment.yml': own }, upstream: now })
  for (let round = 0; round < setting.rounds; round++) {
    for (const size of sizes) for (const form of FORMS) await measureChannel(setting, project, size, form)
  }
}

async function measureChannel(
  setting: Setting,
  project: Project,
  size: number,
  form: (typeof FORMS)[number]
): Promise<void> {
  const channel = await serveDirectory(channelFolder(setting.folder, size, form))
  await rm(repodataIn(setting.toolCache), { recursive: true, force: true })
  for (const state of STATES) {
    const inputs = { mode: 'files', 'channel-alias': channel.url }
    await measureRun(rowName(size, form, state), setting, { project, inputs, channel })
  }
  await channel.close()
}

/** For the plot. */
export function channelPoints(rows: readonly Row[], sizes: readonly number[]): Point[] {
  return FORMS.flatMap(form =>
    STATES.flatMap(state =>
      sizes.map(records => {
        const row = rows.find(({ name }) => name === rowName(records, form, state))
        return { form, state, records, seconds: median(row?.seconds ?? []) }
      })
    )
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
