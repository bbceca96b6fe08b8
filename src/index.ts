import { fileURLToPath } from 'node:url'
import { run } from './action/run.js'
import { endOnSignals } from './runner/group.js'
import { flushLog } from './runner/log.js'
import { savePending } from './toolchain/folder-cache.js'

/** Beside `src/` as beside `dist/`. */
const SOLVER = fileURLToPath(new URL('../solver', import.meta.url))

endOnSignals()

const exitCode = await run(SOLVER)
await savePending()
await flushLog()
// What still runs after the end (a program that hangs, an open connection) must not keep the job alive.
process.exit(exitCode)
