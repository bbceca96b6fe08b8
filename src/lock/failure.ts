import { readFile } from 'node:fs/promises'
import { SyncError, type Place } from '../errors.js'
import type { ProcessResult } from './process.js'
import type { LockTask } from './run.js'

/** What the built-in solver (solver/rattler_conda.py) says of a failed solve. */
interface SolverFailure {
  readonly kind: string
  readonly message: string
  readonly platform: string
  readonly missing: readonly string[]
  readonly url: string | undefined
  readonly status: number | undefined
}

const OUT_OF_TIME = 124

/** The error for a conda-lock run that failed, from what the solver reported, or else from what was printed. */
export async function readFailure(
  task: LockTask,
  reportFile: string,
  result: ProcessResult | undefined
): Promise<SyncError> {
  if (result?.exitCode === OUT_OF_TIME) {
    return new SyncError('solve', 'Locking took longer than `timeout` allows and was stopped.', {
      hint: 'Set a longer `timeout`, or look in the log for what it was waiting for.'
    })
  }
  const report = await readFile(reportFile, 'utf8').catch(() => '')
  const failure = report
    .split('\n')
    .filter(line => line !== '')
    .map(parseReport)
    .find(entry => entry.kind !== 'solved')
  return failure === undefined ? unexplained(task, result) : explain(task, failure)
}

function parseReport(line: string): SolverFailure {
  const value: unknown = JSON.parse(line)
  const field = (key: string): unknown =>
    typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined
  const missing = field('missing')
  const [url, status] = [field('url'), field('status')]
  return {
    kind: String(field('kind')),
    message: String(field('message')),
    platform: String(field('platform')),
    missing: Array.isArray(missing) ? missing.map(String) : [],
    url: typeof url === 'string' ? url : undefined,
    status: typeof status === 'number' ? status : undefined
  }
}

function explain(task: LockTask, failure: SolverFailure): SyncError {
  switch (failure.kind) {
    case 'missing-package':
      return missingPackages(task, failure)
    case 'unsatisfiable':
      return new SyncError('solve', `No set of packages meets all specs on ${failure.platform}: ${failure.message}`, {
        hint: 'Loosen or remove one of the specs that exclude each other. The full message of the solver is in the log.'
      })
    case 'invalid-spec':
      return invalidSpec(task, failure.message, /^invalid spec '(.*?)'/.exec(failure.message)?.[1] ?? '')
    case 'channel':
      return unreachable(failure)
    default:
      return new SyncError('solve', `The solver failed on ${failure.platform}: ${failure.message}`, {
        hint: 'The log has all that it printed. If this stays, report it with that log.'
      })
  }
}

function missingPackages(task: LockTask, failure: SolverFailure): SyncError {
  const names = failure.missing.map(name => `\`${name}\``).join(', ')
  const place = failure.missing.map(name => findSpec(task, name)).find(found => found !== undefined)
  return new SyncError('solve', `No channel has ${names} for ${failure.platform}.`, {
    hint: 'Check the spelling. If a package exists only on PyPI, move it to a `pip:` section.',
    ...(place === undefined ? {} : { place })
  })
}

function invalidSpec(task: LockTask, message: string, spec: string): SyncError {
  const name = /^(?:[^\s:]+::)?([A-Za-z0-9_.-]+)/.exec(spec)?.[1]
  const place = name === undefined ? undefined : findSpec(task, name)
  return new SyncError('environment', `A spec cannot be read: ${message}`, {
    hint: 'Write it as `name`, `name=1.2` or `name>=1.2,<2`.',
    ...(place === undefined ? {} : { place })
  })
}

function unreachable(failure: SolverFailure): SyncError {
  const where = failure.url === undefined ? 'A channel' : `The channel at ${failure.url}`
  const status = failure.status === undefined ? '' : ` (status ${failure.status})`
  return new SyncError('solve', `${where} could not be read${status}: ${failure.message}`, {
    hint: 'Check the `channels:` of the environment files and `channel-alias`; if they are right, run the workflow again later.'
  })
}

/** The line that names a package as a dependency, searched from the file that wins. */
function findSpec(task: LockTask, name: string): Place | undefined {
  const pattern = new RegExp(`^\\s*-\\s*["']?(?:[^\\s"']+::)?${name.replace(/[.+]/g, '\\$&')}(?![A-Za-z0-9_.-])`, 'i')
  for (const file of [...task.environmentFiles].reverse()) {
    const lines = Buffer.from(file.content).toString('utf8').split('\n')
    const index = lines.findIndex(line => pattern.test(line))
    if (index !== -1) return { file: file.path, line: index + 1 }
  }
  return undefined
}

/** Another conda, or conda-lock itself, failed: the last thing that it printed is the best that there is. */
function unexplained(task: LockTask, result: ProcessResult | undefined): SyncError {
  const message = driverError(result?.stdout ?? '') ?? 'it printed no reason'
  const spec = /^Failed to turn `(.*)` into a MatchSpec$/.exec(message)?.[1]
  if (spec !== undefined) return invalidSpec(task, `\`${spec}\`.`, spec)
  return message.endsWith('is not an executable file')
    ? new SyncError('input', `Input \`conda-executable\`: ${message}.`, {
        hint: 'Install it in a step before this one, or leave `conda-executable` out to use the built-in solver.'
      })
    : new SyncError('solve', `conda-lock failed: ${message}`, {
        hint: 'The log has all that it printed.'
      })
}

function driverError(stdout: string): string | undefined {
  const message = /"message": ("(?:[^"\\]|\\.)*")/.exec(stdout)?.[1]
  return message === undefined ? undefined : String(JSON.parse(message))
}
