import { combine, messageOf, SyncError } from '../common/errors.js'
import type { Inputs } from '../inputs/inputs.js'
import { parseExplicitLock } from '../lockfile/explicit.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { NewLock } from '../lockfile/propose.js'
import { parseUnifiedLock } from '../lockfile/unified.js'
import { notAccepted, type LockProblem } from './check-values.js'
import type { LockOutput, ReadBack } from './output.js'

/**
 * Reads what conda-lock wrote.
 * @param scratch the folder it was made in, which it must not mention
 * @throws SyncError of kind `verify` that names the first thing that is not as it must be
 */
export function readOutput(
  output: LockOutput,
  { platforms, lockfile, explicitLockfile }: Pick<Inputs, 'platforms' | 'lockfile' | 'explicitLockfile'>,
  scratch: string
): NewLock {
  const unified = parse('conda-lock.yml', () => parseUnifiedLock(output.lockfile))
  const explicit = platforms.map(platform => {
    const text = output.explicit.get(platform) ?? ''
    const packages = parse(`explicit lockfile for ${platform}`, () => parseExplicitLock(text, platform))
    return { platform, path: forPlatform(explicitLockfile, platform), text, packages }
  })
  for (const text of [output.lockfile, ...output.explicit.values()]) {
    if (text.includes(scratch)) throw failed('a lockfile mentions the folder that it was made in')
  }
  return { unified, lockfile: { path: lockfile, text: output.lockfile }, explicit }
}

/**
 * Checks that conda-lock itself reads the same in its lockfile as it wrote.
 * @throws SyncError of kind `verify`
 */
export function checkReadBack({ explicit }: Pick<LockOutput, 'explicit'>, readBack: ReadBack): void {
  for (const [platform, text] of explicit) {
    if (readBack.explicit.get(platform) !== text) {
      throw failed(`conda-lock renders another explicit lockfile for ${platform} from its own lockfile`)
    }
  }
}

/**
 * Refuses a new lock that is not as it must be.
 * @throws SyncError, of kind `verify` in general, with every problem
 */
export function refuseProblems(problems: readonly LockProblem[]): void {
  if (problems.length > 0) throw combine(problems.map(asRefusal))
}

function asRefusal({ message, place, hint = DEFECT, kind = 'verify' }: LockProblem): SyncError {
  return new SyncError(kind, message, { hint, place })
}

const DEFECT =
  'Nothing was changed. This is a defect of conda-lock or of this action: report it with the log of this run.'

function parse<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw failed(`the new ${what} cannot be read: ${messageOf(error)}`, error)
  }
}

function failed(problem: string, cause?: unknown): SyncError {
  return new SyncError('verify', notAccepted(problem).message, { hint: DEFECT, cause })
}
