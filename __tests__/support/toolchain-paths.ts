import { fileURLToPath } from 'node:url'
import { prepareToolchain } from '../../src/toolchain/toolchain.js'
import { TOOL_CACHE } from './action.js'

export const SOLVER = fileURLToPath(new URL('../../solver', import.meta.url))

/** The folder of the toolchain's executables; installed before the tests (see toolchain.ts). */
export async function toolchainBin(): Promise<string> {
  return (await prepareToolchain({ python: 'python3', solverFolder: SOLVER, cache: TOOL_CACHE })).bin
}
