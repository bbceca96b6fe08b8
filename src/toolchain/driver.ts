import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import { SyncError } from '../common/errors.js'
import { read } from '../common/schema.js'

/** The Python process (solver/driver.py) that has conda-lock loaded. */
export interface Driver {
  /**
   * Sends one request and waits for its answer; one at a time.
   * @throws DriverError when conda-lock failed, SyncError when the process is out of time
   */
  request(
    command: 'specs' | 'lock' | 'requirements' | 'pypi-names',
    fields: Readonly<Record<string, unknown>>
  ): Promise<unknown>
  close(): Promise<void>
}

export interface DriverOptions {
  readonly python: string
  readonly solverFolder: string
  readonly environment: Readonly<Record<string, string>>
  /** After so many seconds the process ends itself and its children. */
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

const OUT_OF_TIME = 124

/** Starts the process, which loads conda-lock at once. */
export function startDriver(options: DriverOptions): Driver {
  const script = join(options.solverFolder, 'driver.py')
  const child = spawn(options.python, [script, String(options.seconds)], {
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const crashed: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => crashed.push(chunk))
  // Writing to a process that has ended fails here; `deathOf` tells that it has ended.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const stop = () => child.kill()
  let isAsked = false
  process.once('exit', stop)

  return {
    request: async (command, fields) => {
      isAsked = true
      child.stdin.write(`${JSON.stringify({ command, log: options.log, ...fields })}\n`)
      const line = await lines.next()
      if (line.done === true) throw deathOf(await ended, Buffer.concat(crashed).toString('utf8'))
      return parseAnswer(line.value)
    },
    close: async () => {
      process.off('exit', stop)
      // A process that was never asked may still be loading conda-lock; do not wait for that.
      if (isAsked) child.stdin.end()
      else stop()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
  }
}

const answered = z.looseObject({ error: z.optional(z.looseObject({ type: z.string(), message: z.string() })) })

function parseAnswer(line: string): unknown {
  const { error, ...answer } = read(answered, JSON.parse(line), 'driver')
  if (error !== undefined) throw new DriverError(error.type, error.message, error)
  return answer
}

function deathOf(exitCode: number | null, stderr: string): Error {
  return exitCode === OUT_OF_TIME
    ? new SyncError('solve', 'Locking took longer than `timeout` allows and was stopped.', {
        hint: 'Set a longer `timeout`, or look in the log for what it was waiting for.'
      })
    : new Error(`solver/driver.py ended with exit code ${exitCode ?? 'none'}: ${stderr}`)
}
