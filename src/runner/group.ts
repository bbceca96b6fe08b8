import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { errorCode } from '../common/errors.js'

/** A program with all that it starts, which ends as a whole. */
export interface Group {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /**
   * The exit code of the program; 128 and the number of the signal that has ended it; or {@link OUT_OF_TIME}. Nothing of the
   * group runs any more.
   */
  readonly ended: Promise<number>
  kill(): void
}

export interface GroupOptions {
  readonly environment: NodeJS.ProcessEnv
  /** After so long it is killed. */
  readonly milliseconds?: number
}

/**
 * A shell that starts what it is given, and a watcher that kills the group as soon as this process closes the pipe, which it
 * does however it ends. The program has the standard input of the shell, but not the pipe.
 */
const SCRIPT = `exec 4<&0
"$@" <&4 3<&- 4<&- &
program=$!
{ read -r _ <&3; kill -KILL 0; } </dev/null >/dev/null 2>&1 4<&- &
wait "$program"`

/** The exit code of what was killed because its time was up; that of timeout(1). */
export const OUT_OF_TIME = 124

/** The exit code of a shell whose program got SIGKILL. */
const KILLED = 137

const running = new Set<() => void>()

process.once('exit', () => {
  for (const kill of running) kill()
})

/**
 * Starts a program with a list of arguments, which no shell reads. Its group ends with the program itself, by `kill`, and with
 * this process, killed or not.
 */
export function startGroup(program: string, args: readonly string[], options: GroupOptions): Group {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', program, ...args], {
    detached: true,
    env: options.environment,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe']
  })
  const kill = () => {
    killGroup(child)
  }
  running.add(kill)
  const ended = new Promise<number>((resolve, reject) => {
    const { milliseconds } = options
    const timer =
      milliseconds === undefined
        ? undefined
        : setTimeout(() => {
            resolve(OUT_OF_TIME)
            kill()
          }, milliseconds)
    child.on('error', reject)
    child.on('exit', code => {
      clearTimeout(timer)
      kill()
      running.delete(kill)
      resolve(code ?? KILLED)
    })
  })
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // There is nothing left of it; macOS says EPERM of what has ended and was not waited for.
    if (errorCode(error) !== 'ESRCH' && errorCode(error) !== 'EPERM') throw error
  }
}

/** Ends this process, with all groups, as soon as somebody asks for it; a runner does so when a run is cancelled. */
export function endOnSignals(): void {
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15]
  ] as const) {
    process.once(signal, () => {
      process.stderr.write(`The run was ended by ${signal}.\n`)
      process.exit(128 + number)
    })
  }
}
