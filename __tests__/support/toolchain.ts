import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareToolchain } from '../../src/lock/toolchain.js'
import { TOOL_CACHE } from './action.js'

/** Installs conda-lock and py-rattler once, before the first test: it takes longer than all that use it. */
export default async function setUp(): Promise<void> {
  await prepareToolchain({
    python: 'python3',
    solverFolder: fileURLToPath(new URL('../../solver', import.meta.url)),
    cache: TOOL_CACHE
  })
}

export const TOOLCHAIN_ROOT = join(TOOL_CACHE, 'conda-lock-sync')
