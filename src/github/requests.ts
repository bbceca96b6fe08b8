import * as z from 'zod/mini'
import { messageOf, SyncError } from '../common/errors.js'
import { read } from '../common/schema.js'
import { BrokenAnswer, githubError, isOutage, isRequestError } from './errors.js'
import type { GitHub } from './client.js'
import type { RepositoryName } from '../runner/runner.js'

/** Runs requests, and says of a failure what GitHub was asked to do. */
export async function attempt<T>(doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw isRequestError(error) ? githubError(error, doing) : error
  }
}

/** Where a request goes: `owner` and `repo` in its route are filled in. */
export interface Target extends RepositoryName {
  readonly github: GitHub
}

type Parameters = Readonly<Record<string, unknown>>

/**
 * Sends a request that may be sent twice, since it reads, or says how something is to be. After an outage, and after an answer of
 * no use, it is sent again.
 * @param route such as `GET /repos/{owner}/{repo}/git/ref/{ref}`
 * @param answer what GitHub's answer has of what is needed
 */
export async function ask<T>(to: Target, route: string, parameters: Parameters, answer: z.ZodMiniType<T>): Promise<T> {
  return repeat(() => askOnce(to, route, parameters, answer))
}

/** The same for a request that must not be obeyed twice; see {@link makeOnce}. */
export async function askOnce<T>(
  { github, owner, repo }: Target,
  route: string,
  parameters: Parameters,
  answer: z.ZodMiniType<T>
): Promise<T> {
  const response: { data: unknown } = await github.request(route, { owner, repo, ...parameters })
  return readAnswer(answer, response.data)
}

const PAGE = 100

/** More than GitHub takes comments on one pull request, which are 2,500. */
const MOST_PAGES = 30

/** A list that GitHub gives page by page. */
export interface List<T> {
  readonly route: string
  readonly parameters: Parameters
  readonly item: z.ZodMiniType<T>
  /** What it has, for people; and what they can do about too many. */
  readonly what: string
  readonly hint: string
}

/**
 * The items of a list. Pages that nobody goes on to are not asked for.
 * @throws SyncError of kind `github` when it does not end
 */
export async function* askEach<T>(to: Target, { route, parameters, item, what, hint }: List<T>): AsyncGenerator<T> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const some = await ask(to, route, { ...parameters, per_page: PAGE, page }, z.array(item))
    yield* some
    if (some.length < PAGE) return
  }
  const most = (MOST_PAGES * PAGE).toLocaleString('en')
  throw new SyncError('github', `There are ${most} ${what} or more, and no more are read.`, { hint })
}

/** The answer of a request whose success is all that counts. */
export const DONE = z.unknown()

/** Sends a request to GraphQL once. */
export async function askGraph<T>(
  { github }: Pick<Target, 'github'>,
  query: string,
  variables: Parameters,
  answer: z.ZodMiniType<T>
): Promise<T> {
  return readAnswer(answer, await github.graphql(query, variables))
}

/** @throws BrokenAnswer that says what does not fit */
function readAnswer<T>(answer: z.ZodMiniType<T>, value: unknown): T {
  try {
    return read(answer, value, 'answer')
  } catch (error) {
    throw new BrokenAnswer(messageOf(error), { cause: error })
  }
}

const REPETITIONS = 3

/** Sends requests again that fail by an outage. */
export async function repeat<T>(request: () => Promise<T>): Promise<T> {
  return makeOnce(request, () => Promise.resolve(undefined))
}

/**
 * Runs a request that makes something. After an outage GitHub may have made it although nobody heard so; that is why it
 * is looked for before the request is repeated.
 * @param make one request
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

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
