import { parseCutoff, type Cutoff } from './cutoff.js'
import { refuse } from './reader.js'

/** A line of `exclude-newer`: how long to wait for uploads, and of what. */
export interface Cooldown {
  /** As written, without needless blanks. */
  readonly text: string
  /** `all` is the line without a scope; of those that a package falls under, the one that says most counts. */
  readonly kind: 'all' | 'channel' | 'pypi' | 'package'
  /** Of the channel (as environment files write it) or of the package (in lower case); else empty. */
  readonly name: string
  /** undefined: every upload counts. */
  readonly cutoff: Cutoff | undefined
}

/** An entry of `exclude-newer-exempt`. */
export interface Exemption {
  /** In lower case. */
  readonly name: string
  /** `==` is this version alone, `=` also what begins like it, as in conda; empty for every version. */
  readonly operator: '' | '=' | '=='
  readonly version: string
}

/**
 * Parses the lines of `exclude-newer`: `7d`, `channel NAME=3d`, `pypi=14d`, `package NAME=none`.
 * @throws SyncError of kind `input`
 */
export function parseCooldowns(lines: readonly string[]): Cooldown[] {
  const found = lines.map(parseCooldown)
  const twice = found.find(({ kind, name }, index) =>
    found.slice(0, index).some(other => other.kind === kind && other.name === name)
  )
  if (twice !== undefined) refuse('exclude-newer', twice.text, 'says another time for what a line before it is about')
  return found
}

function parseCooldown(line: string): Cooldown {
  const end = line.lastIndexOf('=')
  const scope = parseScope(line, line.slice(0, Math.max(end, 0)).trim())
  const time = line.slice(end + 1).trim()
  if (end === -1 && /^(?:channel|package|pypi)\b/.test(time)) {
    refuse('exclude-newer', time, `says no time, as \`${time}=7d\` does`)
  }
  const cutoff = time === 'none' ? undefined : parseCutoff(time)
  if (time !== 'none' && cutoff === undefined) {
    const dates = 'a date such as `2025-09-24` nor an age such as `3d`, `12h` or `2w`'
    refuse('exclude-newer', time, end === -1 ? `is neither ${dates}` : `is neither \`none\`, ${dates}`)
  }
  return { ...scope, text: scope.kind === 'all' ? time : `${scope.text}=${time}`, cutoff }
}

function parseScope(line: string, scope: string): Pick<Cooldown, 'text' | 'kind' | 'name'> {
  const [kind = '', name = '', ...rest] = scope.split(/\s+/)
  const text = `${kind} ${name}`
  if (scope === '' && !line.includes('=')) return { text: '', kind: 'all', name: '' }
  if (scope === 'pypi') return { text: 'pypi', kind: 'pypi', name: '' }
  if (kind === 'channel' && name !== '' && rest.length === 0) return { text, kind, name }
  if (kind === 'package' && /^[\w.-]+$/.test(name) && rest.length === 0) {
    return { text: text.toLowerCase(), kind, name: name.toLowerCase() }
  }
  return refuse(
    'exclude-newer',
    line,
    'is none of `7d`, `channel conda-forge=3d`, `pypi=14d` and `package openssl=none`'
  )
}

/**
 * Parses an entry of `exclude-newer-exempt`: `openssl`, `openssl=3.5.4` or `openssl==3.5.4`.
 * @throws SyncError of kind `input`
 */
export function parseExemption(text: string): Exemption {
  const [, name, operator = '', version = ''] = /^([\w.-]+)(?: *(==?) *([\w.!+]+))?$/.exec(text) ?? []
  if (name === undefined || (operator !== '' && operator !== '=' && operator !== '==')) {
    return refuse(
      'exclude-newer-exempt',
      text,
      'is neither the name of a package nor one version of it, such as `openssl=3.5.4`'
    )
  }
  return { name: name.toLowerCase(), operator, version }
}

/** An exemption as one writes it. */
export function exemptionText({ name, operator, version }: Exemption): string {
  return `${name}${operator}${version}`
}
