import { run } from './run.js'

// What still runs after the end (a program that hangs, an open connection) must not keep the job alive.
process.exit(await run())
