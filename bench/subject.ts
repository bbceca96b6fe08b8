import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environment, UPSTREAM_FILE } from '../__tests__/support/world.js'

/** What is locked: upstream's files of a day before and of now, and a file of the repository's own. */
export interface Subject {
  readonly name: string
  /** Folder whose subfolders are the channels. */
  readonly channels: string
  readonly before: Readonly<Record<string, string>>
  readonly now: Readonly<Record<string, string>>
  readonly own: string
  /** The local copies of upstream's files, by their paths there. */
  readonly copies: Readonly<Record<string, string>>
}

/** The packages of a made-up channel that are asked for; make_channel.py makes the same of them at every size. */
const ASKED = [150, 163, 175, 188, 199].map(index => `package-${String(index).padStart(6, '0')}`)

/** An environment of 98 packages. */
export function syntheticSubject(channels: string): Subject {
  return {
    name: 'synthetic',
    channels,
    before: { [UPSTREAM_FILE]: environment('python=3.12', ...ASKED.slice(0, 2)) },
    now: { [UPSTREAM_FILE]: environment('python=3.12', ...ASKED.slice(0, 3)) },
    own: environment(...ASKED.slice(3)),
    copies: { [UPSTREAM_FILE]: 'NBenvironment.yml' }
  }
}

/** The input that says where upstream's files are. */
export function upstreamFiles({ copies }: Subject): string {
  return Object.entries(copies)
    .map(([path, local]) => `${path}: ${local}`)
    .join('\n')
}

/** The newest two commits of a real upstream: DATA/channel/CHANNEL and DATA/history/COMMIT/IMAGE/environment.yml. */
export async function realSubject(data: string): Promise<Subject> {
  const [before, now] = (await readdir(join(data, 'history'))).sort().slice(-2)
  if (before === undefined || now === undefined) throw new Error(`${data}/history has less than two commits`)
  const copies = { 'base-notebook/environment.yml': 'BNenvironment.yml', [UPSTREAM_FILE]: 'NBenvironment.yml' }
  const read = async (commit: string) => {
    const files = Object.keys(copies).map(
      async path => [path, await readFile(join(data, 'history', commit, path), 'utf8')] as const
    )
    return Object.fromEntries(await Promise.all(files))
  }
  return {
    name: 'pangeo',
    channels: join(data, 'channel'),
    before: await read(before),
    now: await read(now),
    own: environment('astropy', 'tqdm'),
    copies
  }
}
