import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ROOT } from './action.js'
import { installOnce, PIP_INSTALL } from './install-once.js'
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

/** Installs it without what it needs, which the toolchain has. */
async function installReader(): Promise<string> {
  return installOnce('conda-lockfiles', async unfinished => {
    const list = join(ROOT, 'scripts', 'conda-lockfiles.txt')
    await run('python3', [...PIP_INSTALL, '--target', unfinished, '-r', list])
  })
}
