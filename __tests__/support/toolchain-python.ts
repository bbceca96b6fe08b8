import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { toolchainBin } from './toolchain-paths.js'

/** Runs a program in the Python that has conda-lock, with a value as JSON on its standard input, and reads JSON. */
export async function askToolchain(program: string, input: unknown): Promise<unknown> {
  const python = join(await toolchainBin(), 'python')
  const result = spawnSync(python, ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' })
  if (result.status !== 0) throw new Error(result.stderr)
  return JSON.parse(result.stdout)
}
