/** A conda-lock that solves nothing: it writes a ready-made lock where the real one would, and answers as solver/driver.py does. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { field, isTexts } from '../../src/common/guards.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import type { LazyCondaLock } from '../../src/toolchain/conda-lock.js'
import type { Driver } from '../../src/toolchain/driver.js'
import { explicitText, lockfileText } from './locks.js'
import { toMapping } from './strict-front.js'
import { SOLVER } from './toolchain-paths.js'

/** What goes wrong with a command, in the place of its answer. */
export interface LockFault {
  readonly command: string
  readonly answer: () => Promise<unknown>
}

/** @param fault what happens instead of an answer */
export function standInLock(packages: readonly LockedPackage[], fault?: LockFault): LazyCondaLock {
  let scratch: string | undefined
  const answers: Readonly<Record<string, (fields: Readonly<Record<string, unknown>>) => Promise<unknown>>> = {
    specs: readSpecs,
    fetch: () => Promise.resolve({ seconds: 0 }),
    lock: fields => writeLock(packages, fields),
    render: fields => writeExplicit(packages, fields)
  }
  const driver: Driver = {
    request: async (command, fields) => {
      return command === fault?.command ? fault.answer() : answers[command]?.(fields)
    },
    close: () => Promise.resolve()
  }
  return {
    start: () => undefined,
    get: async () => {
      scratch = await mkdtemp(join(tmpdir(), 'stand-in-'))
      const folders = { scratch, cache: scratch, solverFolder: SOLVER }
      const rest = { python: 'python3', environment: {}, seconds: 0, close: () => Promise.resolve() }
      return { driver, ...folders, ...rest }
    },
    close: async () => {
      if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
    }
  }
}

async function readSpecs({ directory, files, platforms }: Readonly<Record<string, unknown>>): Promise<unknown> {
  const read = texts(files).map(async file => {
    const value: unknown = parse(await readFile(join(String(directory), file), 'utf8'))
    const entries = texts(field(value, 'dependencies')).map((text, index) => {
      const name = text.replace(/[^\w.-].*/, '')
      const dependency = { manager: 'conda', name, version: text.slice(name.length), category: 'main' }
      return { text, place: [index], form: 'name', dependency }
    })
    return Object.fromEntries(texts(platforms).map(platform => [platform, entries]))
  })
  return { files: await Promise.all(read) }
}

async function writeLock(
  packages: readonly LockedPackage[],
  fields: Readonly<Record<string, unknown>>
): Promise<unknown> {
  const lockfile = toMapping(JSON.parse(lockfileText(packages)))
  const metadata = { ...toMapping(lockfile.metadata), custom_metadata: fields.metadata }
  await write(join(String(fields.directory), String(fields.lockfile)), JSON.stringify({ ...lockfile, metadata }))
  await writeExplicit(packages, fields)
  return { conda_lock: '4.0.3', py_rattler: '0.28.0', seconds: 1, tables: {}, held_back: [], projects: {} }
}

async function writeExplicit(
  packages: readonly LockedPackage[],
  fields: Readonly<Record<string, unknown>>
): Promise<unknown> {
  for (const platform of texts(fields.platforms)) {
    const text = explicitText(packages.filter(one => one.platform === platform))
    await write(String(fields.explicit).replace('{platform}', platform), text)
  }
  return { seconds: 1 }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

function texts(value: unknown): string[] {
  return isTexts(value) ? value : []
}
