import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import { messageOf, SyncError, type SyncErrorOptions } from '../common/errors.js'
import { read } from '../common/schema.js'
import { OUT_OF_TIME, startGroup } from '../runner/group.js'
import { log } from '../runner/log.js'

/** The Python process (solver/driver.py) that has conda-lock loaded. */
export interface Driver {
  /**
   * Sends one request and waits for its answer. Requests are answered one after another.
   * @throws DriverError when conda-lock failed, SyncError when the process is out of time
   */
  request(
    command: 'fetch' | 'specs' | 'lock' | 'render' | 'requirements' | 'pypi-names' | 'trial',
    fields: Readonly<Record<string, unknown>>
  ): Promise<unknown>
  close(): Promise<void>
}

export interface DriverOptions {
  readonly python: string
  readonly solverFolder: string
  readonly environment: Readonly<Record<string, string>>
  /** After so many seconds the process is ended with its children. */
  readonly seconds: number
  /** File that gets what conda-lock prints. */
  readonly log: string
}

/** An exception in the Python process. */
export class DriverError extends Error {
  readonly type: string
  /** What solver/driver.py tells besides: the step of conda-lock, and what solver/pip_failure.py knows. */
  readonly details: unknown

  constructor(type: string, message: string, details: unknown) {
    super(message)
    this.type = type
    this.details = details
  }
}

/** The exit codes of a shell whose program got SIGHUP, SIGKILL or SIGTERM. Other signals are those of broken programs. */
const KILLED: readonly unknown[] = [129, 137, 143]

/** The process has ended without an answer. */
class DriverDeath extends SyncError {
  /** Whether somebody has killed it, which says nothing of what it is made of. */
  readonly wasKilled: boolean

  constructor(message: string, options: SyncErrorOptions, ending: number | string) {
    super('toolchain', message, options)
    this.wasKilled = KILLED.includes(ending)
  }
}

/**
 * A driver that is started again, once, if it dies before its first answer.
 * @param renew mends what the process is made of; false if there is nothing to mend
 */
export function revive(start: () => Driver, renew: () => Promise<boolean>): Driver {
  let driver = start()
  let isFinal = false
  return {
    request: async (command, fields) => {
      try {
        return await driver.request(command, fields)
      } catch (error) {
        if (!(error instanceof DriverDeath) || isFinal || !(error.wasKilled || (await renew()))) throw error
        isFinal = true
        log(`${error.wasKilled ? 'Once more' : 'The toolchain did not work, and was made anew'}: ${error.message}`)
        driver = start()
        return await driver.request(command, fields)
      } finally {
        isFinal ||= command !== 'fetch' // which is answered before conda-lock is loaded
      }
    },
    close: () => driver.close()
  }
}

/** Starts the process, which loads conda-lock at once. */
export function startDriver(options: DriverOptions): Driver {
  const script = join(options.solverFolder, 'driver.py')
  const { environment, seconds } = options
  const group = startGroup(options.python, [script], { environment, milliseconds: seconds * 1000 })
  const crashed: Buffer[] = []
  group.stderr.on('data', (chunk: Buffer) => crashed.push(chunk))
  // Writing to a process that has ended fails here; `deathOf` tells that it has ended.
  group.stdin.on('error', () => undefined)
  const ended = group.ended.catch(messageOf)
  const lines = createInterface({ input: group.stdout })[Symbol.asyncIterator]()
  let isAsked = false

  return {
    request: async (command, fields) => {
      isAsked = true
      group.stdin.write(`${JSON.stringify({ command, log: options.log, ...fields })}\n`)
      const line = await lines.next()
      if (line.done === true) throw deathOf(await ended, Buffer.concat(crashed).toString('utf8'))
      return parseAnswer(line.value)
    },
    close: async () => {
      // A process that was never asked may still be loading conda-lock; do not wait for that.
      if (isAsked) group.stdin.end()
      else group.kill()
      await ended
    }
  }
}

const answered = z.looseObject({ error: z.optional(z.looseObject({ type: z.string(), message: z.string() })) })

function parseAnswer(line: string): unknown {
  const { error, ...answer } = read(answered, JSON.parse(line), 'driver')
  if (error !== undefined) throw new DriverError(error.type, error.message, error)
  return answer
}

/** @param ending the exit code, or why there is none */
function deathOf(ending: number | string, stderr: string): SyncError {
  if (ending === OUT_OF_TIME) {
    return new SyncError('solve', 'Locking took longer than `timeout` allows and was stopped.', {
      hint: 'Set a longer `timeout`, or look in the log for why it takes so long.'
    })
  }
  const last = stderr.trim().split('\n').at(-1)
  const how = typeof ending === 'string' ? ending : `it ended with ${ending}`
  const told = last === undefined || last === '' ? how : `${how}, and said: ${last}`
  const hint =
    'The log has all that it printed. If it was killed, the runner is short of memory; otherwise remove the folder conda-lock-sync from the tool cache and run the workflow again.'
  const message = `The Python process that runs conda-lock did not answer: ${told}.`
  return new DriverDeath(message, { hint, cause: stderr }, ending)
}
