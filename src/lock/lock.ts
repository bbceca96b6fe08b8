import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deadline } from '../deadline.js'
import { explicitLockfile, type Inputs } from '../inputs.js'
import type { NewLock } from '../lockfile/propose.js'
import { log, logGroup } from '../log.js'
import type { Plan } from '../plan.js'
import type { Runner } from '../runner.js'
import { runCondaLock, type LockOutput } from './run.js'
import { prepareToolchain } from './toolchain.js'
import { verifyLock } from './verify.js'

/** A verified lock, and what made it. */
export interface Locked extends NewLock, Pick<LockOutput, 'tools'> {
  /** Seconds by stage. */
  readonly seconds: Readonly<Record<string, number>>
}

/**
 * Locks a plan in a scratch folder, which is gone afterwards, and verifies the result. Nothing in the repository changes.
 * @param solverFolder the folder `solver/` of this action
 */
export async function lockPlan(
  plan: Plan,
  inputs: Inputs,
  runner: Runner,
  solverFolder: string,
  deadline: Deadline
): Promise<Locked> {
  const started = Date.now()
  const toolchain = await prepareToolchain({ python: inputs.python, solverFolder, cache: runner.toolCache })
  const installed = (Date.now() - started) / 1000
  log(`Toolchain: ready after ${installed.toFixed(1)} s.`)
  const scratch = await mkdtemp(join(runner.temp, 'conda-lock-sync-'))
  try {
    const output = await runCondaLock(
      { ...inputs, environmentFiles: plan.files, metadata: plan.metadata, seconds: deadline.secondsLeft() },
      {
        toolchain,
        solverFolder,
        scratch,
        repodataCache: join(runner.toolCache, 'conda-lock-sync', 'repodata'),
        log: text => {
          logGroup('Output of conda-lock', text)
        }
      }
    )
    const verified = verifyLock(output, inputs.platforms, scratch)
    return {
      unified: verified.unified,
      lockfile: { path: inputs.lockfile, text: output.lockfile },
      explicit: inputs.platforms.map(platform => ({
        platform,
        path: explicitLockfile(inputs.explicitLockfile, platform),
        text: output.explicit.get(platform) ?? '',
        packages: verified.explicit.get(platform) ?? []
      })),
      tools: output.tools,
      seconds: { toolchain: installed, ...output.seconds }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
