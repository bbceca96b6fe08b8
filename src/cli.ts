#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { runInTerminal } from './terminal/run.js'
import { endOnSignals } from './runner/group.js'

/** Beside `src/` as beside `dist/`. */
const folder = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

endOnSignals()

// As in the action: what still runs after the end must not keep the process alive.
process.exit(await runInTerminal(process.argv.slice(2), { solver: folder('solver'), examples: folder('examples') }))
