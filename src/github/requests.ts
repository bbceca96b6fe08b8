import { setTimeout as pause } from 'node:timers/promises'
import { githubError, isOutage, isRequestError } from './errors.js'

/** Runs a request, and says of a failure what GitHub was asked to do. */
export async function attempt<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw isRequestError(error) ? githubError(error, doing) : error
  }
}

/** For the options of a request inside {@link makeOnce}: Octokit is not to repeat it by itself. */
export const UNREPEATED = { request: { retries: 0 } } as const

const REPETITIONS = 3

/**
 * Runs a request that makes something. After an outage GitHub may have made it although nobody heard so; that is why it
 * is looked for before the request is repeated.
 * @param make one request with {@link UNREPEATED}
 * @param find what was made, or undefined if nothing was
 */
export async function makeOnce<T>(make: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  for (let repetition = 1; ; repetition++) {
    try {
      return await make()
    } catch (error) {
      if (!isOutage(error) || repetition > REPETITIONS) throw error
      await pause(repetition ** 2 * 1000)
      const found = await find()
      if (found !== undefined) return found
    }
  }
}
