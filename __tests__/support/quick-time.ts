/**
 * Lets the pauses of whatever runs in `work` pass a hundred times as fast: Octokit waits for seconds before it asks again, and
 * for a minute for an answer. Shorter times, such as those of HTTP connections, stay.
 */
export async function inQuickTime<T>(work: () => Promise<T>): Promise<T> {
  const { setTimeout: usual } = globalThis
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  const quick = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
    usual(run, milliseconds < SHORT ? milliseconds : milliseconds / FACTOR, ...args)
  Object.assign(globalThis, { setTimeout: quick })
  AbortSignal.timeout = milliseconds => timeout(milliseconds === MINUTE ? ENOUGH : milliseconds)
  try {
    return await work()
  } finally {
    globalThis.setTimeout = usual
    AbortSignal.timeout = timeout
  }
}

const SHORT = 900
const FACTOR = 100
const MINUTE = 60_000
/** For an answer of a server on loopback, on a machine with much else to do. */
const ENOUGH = 6000
