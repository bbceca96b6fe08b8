import type { Deadline } from './deadline.js'
import type { Inputs } from './inputs.js'
import type { EarlyTools } from './lock/tools.js'
import type { Runner } from './runner.js'

/** A run: what is to be done, where, and with what. */
export interface Job {
  readonly inputs: Inputs
  readonly runner: Runner
  readonly deadline: Deadline
  readonly tools: EarlyTools
  /** Whether no file is to change; for modes that change nothing else. */
  readonly dryRun: boolean
}
