import type { Platform } from '../lockfile/platforms.js'

/** The selectors that conda-lock 4.0.3 knows (its src_parser/selectors.py). */
const SELECTORS: Readonly<Record<Platform, readonly string[]>> = {
  'linux-64': ['linux64', 'unix', 'linux'],
  'linux-aarch64': ['aarch64', 'unix', 'linux'],
  'linux-ppc64le': ['ppc64le', 'unix', 'linux'],
  'osx-64': ['osx64', 'osx', 'unix'],
  'osx-arm64': ['arm64', 'osx', 'unix'],
  'win-64': ['win', 'win64']
}

/** All selectors that mean something to conda-lock. */
export const KNOWN_SELECTORS: readonly string[] = [...new Set(Object.values(SELECTORS).flat())]

/**
 * The lines of an environment file that conda-lock reads for a platform: without comment lines, and without lines whose
 * selector (`# [linux64]`) is for another platform. Dropped lines stay as empty ones, so that line numbers keep.
 */
export function selectLines(text: string, platform: Platform): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map(line => (line.trimStart().startsWith('#') || !isSelected(line, platform) ? '' : line))
    .join('\n')
}

function isSelected(line: string, platform: Platform): boolean {
  const selector = selectorOf(line)
  return selector === undefined || SELECTORS[platform].includes(selector)
}

/**
 * What conda-lock takes for the selector of a line: the last brackets after a `#` that have no parenthesis after them. It
 * finds them by `(.+?)\s*(#.*)\[([^\[\]]+)\](?(2)[^\(\)]*)$`, which takes minutes for some lines; this takes one pass.
 */
export function selectorOf(line: string): string | undefined {
  const comment = line.indexOf('#', 1)
  if (comment < 0) return undefined
  const lastParenthesis = Math.max(line.lastIndexOf('('), line.lastIndexOf(')'))
  const brackets = [...line.slice(comment).matchAll(/\[([^[\]]+)\]/g)]
  return brackets.findLast(({ index, 0: { length } }) => comment + index + length - 1 > lastParenthesis)?.[1]
}
