import { toolchainBin } from './toolchain-paths.js'

// Installs conda-lock and py-rattler once, before the first test: it takes longer than all that use it.
await toolchainBin()
