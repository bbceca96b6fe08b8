/** What a spec asks of a package besides its name; empty or `*` for any. */
export interface Constraint {
  /** Such as `>=2,<3`. */
  readonly version: string
  /** A build string, or a pattern for one. */
  readonly build: string
}

/**
 * What stands after the name in a conda spec: `>=2,<3`, `=2.1`, `2.1 py312_0`, `=2.1=*cuda*`. It is read where there is no
 * conda to ask, so what is not plain is not read.
 * @returns undefined for brackets, quotes, regular expressions and whatever else is not plain
 */
export function parseConstraint(text: string): Constraint | undefined {
  if (!/^[\w\s.*+!<>=~|,-]*$/.test(text) || text.length > LONGEST) return undefined
  const words = text
    .replace(/([,|<>=~!])\s+/g, '$1')
    .split(/\s+/)
    .filter(word => word !== '')
    .reduce<string[]>(joinAtOperators, [])
  const [first = '', build] = words
  if (words.length > 2) return undefined
  if (build !== undefined) return { version: first, build: build.replace(/^=/, '') }
  const end = first.lastIndexOf('=')
  const hasBuild = end > 0 && /[\w.*]/.test(first.charAt(end - 1))
  return hasBuild ? { version: first.slice(0, end), build: first.slice(end + 1) } : { version: first, build: '' }
}

/** Real specs have some 60 characters. */
const LONGEST = 1000

/** A space before a comma or a bar separates nothing. */
function joinAtOperators(words: readonly string[], word: string): string[] {
  return /^[,|]/.test(word) ? [...words.slice(0, -1), `${words.at(-1) ?? ''}${word}`] : [...words, word]
}

/**
 * Whether a version meets a conda version spec; undefined where that is not certain: conda, mamba and rattler do not all
 * mean the same by it, or it is no version to any of them.
 */
export type VersionMatch = (version: string, spec: string) => boolean | undefined

/**
 * Conda's own rules. The module behind them is WebAssembly of 3 MB, so it is loaded only where something is checked.
 */
export async function loadVersionMatch(): Promise<VersionMatch> {
  return (loaded ??= load())
}

let loaded: Promise<VersionMatch> | undefined

async function load(): Promise<VersionMatch> {
  const { Version, VersionSpec } = await import('./conda-version.js')
  const known = new Map<string, boolean | undefined>()
  const ask = (version: string, spec: string) => {
    if (!isCertain(version, spec)) return undefined
    try {
      return new VersionSpec(spec, 'lenient').matches(new Version(version))
    } catch {
      return undefined
    }
  }
  return (version, spec) => {
    if (spec === '' || spec === '*') return true
    if (version.length + spec.length > LONGEST) return undefined
    const key = `${version} ${spec}`
    if (!known.has(key)) known.set(key, ask(version, spec))
    return known.get(key)
  }
}

/** Solvers differ in `>1.2.*`, and in whether `=1.0` takes 1.0a0; nested specs cost more than they tell. */
function isCertain(version: string, spec: string): boolean {
  if (!/^[\w.*+!<>=~|,-]+$/.test(spec)) return false
  const hasLetters = /[a-z]/i.test(version)
  return spec.split(/[,|]/).every(clause => {
    const [operator = ''] = /^[<>=!~]*/.exec(clause) ?? []
    const rest = clause.slice(operator.length)
    const isFuzzy = operator === '=' || rest.includes('*')
    if (!isFuzzy || rest === '*') return true
    return ['', '=', '!='].includes(operator) && /^[^*]+\.?\*?$/.test(rest) && !hasLetters
  })
}

/** Whether a build string is the one asked for, or fits a pattern such as `*_cpython`; regular expressions (`^…$`) are not decided. */
export function matchesBuild(build: string, pattern: string): boolean {
  if (pattern === '' || pattern.startsWith('^')) return true
  const [start = '', ...parts] = pattern.split('*')
  const end = parts.pop()
  if (end === undefined) return build === pattern
  if (!build.startsWith(start)) return false
  let from = start.length
  for (const part of parts) {
    const at = build.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return build.length - end.length >= from && build.endsWith(end)
}
