import { fileURLToPath } from 'node:url'
import { prepareToolchain } from '../../src/lock/toolchain.js'
import { TOOL_CACHE } from './action.js'

// Installs conda-lock and py-rattler once, before the first test: it takes longer than all that use it.
await prepareToolchain({
  python: 'python3',
  solverFolder: fileURLToPath(new URL('../../solver', import.meta.url)),
  cache: TOOL_CACHE
})
