import { execFile, spawnSync } from 'node:child_process'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { exists } from '../../src/common/exists.js'
import { ROOT } from './action.js'
import { toolchainBin } from './toolchain-paths.js'

const run = promisify(execFile)

/** What conda makes of a `conda-lock.yml`: the addresses that it would install, or why it refuses the file. */
export type CondaVerdict = readonly string[] | { readonly refused: string }

/** Asks conda-lockfiles, the reader of conda 26.5 and newer, about files. */
export async function readByConda(files: readonly string[], platform: string): Promise<readonly CondaVerdict[]> {
  const script = fileURLToPath(new URL('conda_reader.py', import.meta.url))
  const result = spawnSync(join(await toolchainBin(), 'python'), [script], {
    input: JSON.stringify({ files, platform }),
    env: { ...process.env, PYTHONPATH: await installReader() },
    encoding: 'utf8'
  })
  if (result.status !== 0) throw new Error(result.stderr)
  return JSON.parse(result.stdout) as readonly CondaVerdict[]
}

/** Installs it without what it needs, which the toolchain has, unless an earlier test run has. */
async function installReader(): Promise<string> {
  const folder = join(ROOT, 'node_modules', '.cache', 'conda-lockfiles')
  if (await exists(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '--no-deps']
  await run('python3', [...pip, '--target', unfinished, '-r', join(ROOT, 'scripts', 'conda-lockfiles.txt')])
  await rename(unfinished, folder).catch(async (error: unknown) => {
    // Another test file was quicker, and may be using it already.
    await rm(unfinished, { recursive: true })
    if (!(await exists(folder))) throw error
  })
  return folder
}
