import { setMaxListeners } from 'node:events'
import { SyncError } from '../common/errors.js'
import { waitedFor } from './waiting.js'

/** The end of the time that a run has. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Whole seconds that are left; at least 1. */
  secondsLeft(): number
}

/** A deadline that many minutes from now. */
export function startDeadline(minutes: number): Deadline {
  const end = Date.now() + minutes * 60_000
  const signal = AbortSignal.timeout(minutes * 60_000)
  setMaxListeners(Infinity, signal) // each request on its way listens; Node would warn of eleven
  return {
    signal,
    secondsLeft: () => Math.max(1, Math.floor((end - Date.now()) / 1000))
  }
}

/**
 * The result of a request, which is given up after so long, and at the end of the run's time. `AbortSignal.any` would not do: the
 * garbage collector takes the signals that it is made of (Node 20.20.2, tried), and then a request that hangs hangs for good.
 */
export async function limited<T>(
  deadline: Deadline,
  milliseconds: number,
  request: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  const controller = new AbortController()
  const ends = [deadline.signal, AbortSignal.timeout(milliseconds)]
  const giveUp = () => {
    controller.abort(ends.find(signal => signal.aborted)?.reason)
  }
  for (const signal of ends) signal.addEventListener('abort', giveUp)
  if (deadline.signal.aborted) giveUp()
  try {
    return await request(controller.signal)
  } finally {
    for (const signal of ends) signal.removeEventListener('abort', giveUp)
  }
}

/** The result of `work`, or an error when the time is up first. When it is up already, nothing begins. */
export async function within<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
  if (deadline.signal.aborted) throw timeUp()
  const ending = new Promise<never>((_resolve, reject) => {
    deadline.signal.addEventListener('abort', () => {
      reject(timeUp())
    })
  })
  return Promise.race([work(), ending])
}

function timeUp(): SyncError {
  const waits = waitedFor()
  const why = waits.length === 0 ? '' : ` It was waiting for: ${waits.join('; ')}.`
  return new SyncError('solve', `The run took longer than \`timeout\` allows and was stopped.${why}`, {
    hint: 'Set a longer `timeout`, or look in the log for why it takes so long.'
  })
}
