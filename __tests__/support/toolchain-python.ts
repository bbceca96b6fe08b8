import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProcess } from '../../src/lock/process.js'
import { prepareToolchain } from '../../src/lock/toolchain.js'
import { TOOL_CACHE } from './action.js'

/** Runs a program in the Python that has conda-lock, with a value as JSON on its standard input, and reads JSON. */
export async function askToolchain(program: string, input: unknown): Promise<unknown> {
  const solverFolder = fileURLToPath(new URL('../../solver', import.meta.url))
  const { bin } = await prepareToolchain({ python: 'python3', solverFolder, cache: TOOL_CACHE })
  const options = { environment: { PATH: process.env.PATH ?? '' }, input: JSON.stringify(input) }
  const result = await runProcess(join(bin, 'python'), ['-c', program], options)
  if (result?.exitCode !== 0) throw new Error(result?.stderr)
  return JSON.parse(result.stdout)
}
