#!/usr/bin/env node
import { runCli } from './terminal.js'

// As in the action: what still runs after the end must not keep the process alive.
process.exit(await runCli(process.argv.slice(2)))
