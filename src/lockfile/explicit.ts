import { LOCKFILE_LIMITS } from '../common/limits.js'
import { decodeUrl, parseCondaUrl, type LockedPackage } from './package.js'
import type { Platform } from './platforms.js'

/** An explicit lockfile, parsed. */
export interface ExplicitLock {
  readonly platform: Platform
  /** Relative to the root of the repository. */
  readonly path: string
  readonly packages: readonly LockedPackage[]
}

/** The same with its text. */
export interface ExplicitFile extends ExplicitLock {
  readonly text: string
}

/**
 * Parses an explicit lockfile, as conda-lock and conda write it: `URL#HASH` lines and a line `@EXPLICIT`, and pip packages
 * as `# pip NAME @ URL#sha256=…` comments. conda installs what stands before that line, too.
 * @throws Error with one line that says what does not fit
 */
export function parseExplicitLock(text: string, platform: string): LockedPackage[] {
  if (text.length > LOCKFILE_LIMITS.size) throw new Error(`it has more than ${LOCKFILE_LIMITS.size} characters`)
  const lines = text.split(/\r?\n/)
  const start = lines.findIndex(line => line.trim() === '@EXPLICIT')
  if (start === -1) throw new Error('there is no line `@EXPLICIT`')
  return lines.flatMap((line, index) => {
    const pin = index === start ? undefined : parseLine(line.trim(), platform)
    if (pin === 'unknown') throw new Error(`line ${index + 1} is not a package`)
    return pin === undefined ? [] : [pin]
  })
}

function parseLine(line: string, platform: string): LockedPackage | undefined | 'unknown' {
  if (line.length > LOCKFILE_LIMITS.text) return 'unknown'
  if (line.startsWith('# pip ')) return parsePip(line, platform)
  if (line === '' || line.startsWith('#')) return undefined
  const [url = '', hash = ''] = line.split('#')
  const parts = parseCondaUrl(url)
  if (parts === undefined) return 'unknown'
  const known = parseHash(hash)
  return { platform, manager: 'conda', ...parts, url, ...known, dependencies: {}, categories: [] }
}

/** `conda list --explicit` writes MD5 or SHA-256, if it is asked to write any. */
function parseHash(text: string): Pick<LockedPackage, 'hash' | 'md5'> {
  const hex = text.replace(/^sha256:/, '')
  if (hex === '') return { hash: '', md5: '' }
  return hex.length === 64 ? { hash: `sha256:${hex}`, md5: '' } : { hash: `md5:${hex}`, md5: hex }
}

function parsePip(line: string, platform: string): LockedPackage | 'unknown' {
  const match = /^# pip (\S+) @ (\S+?)(?:#sha256=([0-9a-f]+))?$/.exec(line)
  const [, name, url, sha256] = match ?? []
  if (name === undefined || url === undefined) return 'unknown'
  const hash = sha256 === undefined ? '' : `sha256:${sha256}`
  const version = pipVersion(name, url)
  return { platform, manager: 'pip', name, version, build: '', url, hash, md5: '', dependencies: {}, categories: [] }
}

/** The version in the file name of a wheel or source archive; empty for other URLs, such as those of repositories. */
function pipVersion(name: string, url: string): string {
  const words = name.toLowerCase().split(/[-_.]+/)
  // Words at even places, what divides them at odd ones: file names write names in many ways.
  const parts = decodeUrl(url.split('/').at(-1) ?? '').split(/([-_.]+)/)
  if (words.some((word, index) => parts[2 * index]?.toLowerCase() !== word)) return ''
  const rest = parts.slice(2 * words.length - 1).join('')
  return /^-([^-]+?)(?:-.*\.whl|\.tar\.gz|\.zip)$/i.exec(rest)?.[1] ?? ''
}
