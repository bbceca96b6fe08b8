import type { InputName } from './table.js'
import { parseRepositoryName, type RepositoryName } from '../runner/runner.js'
import { trimEndOf } from '../common/sentences.js'
import { refuse } from './reader.js'

/** @throws as {@link refuse} */
export function repositoryName(name: InputName, text: string): RepositoryName {
  return parseRepositoryName(text) ?? refuse(name, text, 'is not of the form OWNER/REPO')
}

/**
 * An http(s) address, without slashes at its end.
 * @throws as {@link refuse}
 */
export function httpUrl(name: InputName, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') refuse(name, text, 'is not an http(s) address')
  return trimEndOf(text, '/')
}

/**
 * The name of a branch, tag or commit.
 * @see https://git-scm.com/docs/git-check-ref-format
 * @throws as {@link refuse}
 */
export function optionalRef(name: InputName, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bad =
    /[\s~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock$|\/\./.test(text) || text === '@' || hasControlCharacter(text)
  return bad ? refuse(name, text, 'is not a valid name of a branch, tag or commit') : text
}

/** Whether a text has control characters. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
