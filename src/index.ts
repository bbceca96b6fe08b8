import { fileURLToPath } from 'node:url'
import { run } from './action/run.js'

/** Beside `src/` as beside `dist/`. */
const SOLVER = fileURLToPath(new URL('../solver', import.meta.url))

// What still runs after the end (a program that hangs, an open connection) must not keep the job alive.
process.exit(await run(SOLVER))
