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

const SELECTOR = /^.+?\s*#.*\[([^[\]]+)\][^()]*$/

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
  const selector = SELECTOR.exec(line)?.[1]
  return selector === undefined || SELECTORS[platform].includes(selector)
}
