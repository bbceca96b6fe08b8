import { access, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from '../__tests__/support/action.js'
import { SOLVER } from '../__tests__/support/toolchain-paths.js'
import { runCommand } from './measure.js'
import { repodataIn, type Setting } from './setting.js'
import type { Subject } from './subject.js'

/** Something that conda-lock can ask for a solve. */
export interface Conda {
  readonly name: string
  readonly executable: string
}

/** The action's own solver, and what there is on PATH. */
export async function findCondas({ folder }: Setting): Promise<Conda[]> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const others = ['micromamba', 'mamba', 'conda'].map(async name => {
    for (const folder of folders) if (await exists(join(folder, name))) return [{ name, executable: name }]
    return []
  })
  const own = { name: 'the same solver', executable: await writeConda(folder) }
  return [own, ...(await Promise.all(others)).flat()]
}

/**
 * The built-in solver as an executable that conda-lock can call. It only imports a module, because Python caches the bytecode
 * of modules alone.
 */
async function writeConda(folder: string): Promise<string> {
  const executable = join(folder, 'rattler-conda')
  const path = [SOLVER, join(ROOT, 'bench')].map(each => JSON.stringify(each)).join(', ')
  const lines = ['#!/usr/bin/env python3', 'import sys', `sys.path[:0] = [${path}]`, 'import solve_once', '']
  await writeFile(executable, lines.join('\n'), { mode: 0o755 })
  return executable
}

export interface Hand {
  readonly conda: Conda
  readonly subject: Subject
  /** Where the channels are served. */
  readonly alias: string
  /** A checkout with the lockfiles of the day before. */
  readonly checkout: string
}

/** The two commands that people run, in a checkout: files in opposite orders, so two solves. */
export async function lockByHand({ conda, subject, alias, checkout }: Hand, setting: Setting): Promise<void> {
  const { bin, toolCache } = setting
  const copies = Object.entries(subject.copies).map(([path, local]) => [local, subject.now[path] ?? ''] as const)
  for (const [local, text] of copies) await writeFile(join(checkout, local), text)
  const environment = {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    HOME: process.env.HOME,
    CONDA_CHANNEL_ALIAS: alias,
    MAMBA_CHANNEL_ALIAS: alias,
    RATTLER_CONDA_CACHE: repodataIn(toolCache),
    PYTHONPYCACHEPREFIX: join(dirname(bin), 'bytecode')
  }
  const common = ['-m', 'conda_lock', 'lock', '--conda', conda.executable, '-p', 'linux-64']
  const files = [...copies.map(([local]) => local), 'environment.yml']
  const inOrder = (order: readonly string[]) => order.flatMap(file => ['-f', file])
  const explicit = ['-k', 'explicit', '--filename-template', 'conda-{platform}.lock']
  const commands = [
    [...inOrder(files), '--lockfile', 'conda-lock.yml'],
    [...inOrder(files.toReversed()), ...explicit]
  ]
  for (const command of commands) {
    await runCommand({ program: join(bin, 'python'), args: [...common, ...command], cwd: checkout, environment })
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false
  )
}
