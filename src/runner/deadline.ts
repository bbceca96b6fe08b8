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
  return {
    signal: AbortSignal.timeout(minutes * 60_000),
    secondsLeft: () => Math.max(1, Math.floor((end - Date.now()) / 1000))
  }
}

/** The result of `work`, or an error when the time is up first. */
export async function within<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  const timeUp = new Promise<never>((_resolve, reject) => {
    deadline.signal.addEventListener('abort', () => {
      const waits = waitedFor()
      const why = waits.length === 0 ? '' : ` It was waiting for: ${waits.join('; ')}.`
      reject(
        new SyncError('solve', `The run took longer than \`timeout\` allows and was stopped.${why}`, {
          hint: 'Set a longer `timeout`, or look in the log for why it takes so long.'
        })
      )
    })
  })
  return Promise.race([work, timeUp])
}
