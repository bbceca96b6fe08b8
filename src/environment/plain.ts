/**
 * Whether an entry asks for a package by its name, with versions, extras and a marker at most: nothing that leads to a file,
 * a repository, an index or an option. It knows only characters, so it lets less pass than the parsers do, never more; what
 * is parsed as an address has a character that is not in here.
 */
export function isPlain(kind: 'spec' | 'requirement', text: string): boolean {
  return kind === 'spec' ? isPlainSpec(text) : isPlainRequirement(text)
}

/** Of a marker its words, comparisons and parentheses; texts may say anything. */
const MARKER = /^(?:[\sa-z_<>=!~()]|'[^']*'|"[^"]*")*$/
const CLAUSE = /^(?:===|[=!<>~]=|[<>])\s*[\w.*+!-]+$/

/**
 * A name, extras, version specifiers (with or without parentheses), a hash, and a marker, by the grammar of PEP 508. conda-lock
 * takes what follows the last semicolon for the marker.
 * @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/#grammar
 */
function isPlainRequirement(text: string): boolean {
  const [requirement, marker] = splitAt(text, text.lastIndexOf(';'))
  const [named, hash] = splitAt(requirement, requirement.indexOf('--hash='))
  const name = /^[\w.-]*/.exec(named.trim())?.[0] ?? ''
  const rest = withoutExtras(named.trim().slice(name.length).trimStart())
  const isHash = hash === '' || /^--hash=\w+:\w+$/.test(hash.trimEnd())
  return isName(name) && rest !== undefined && areVersions(rest) && isHash && MARKER.test(marker.slice(1))
}

function splitAt(text: string, index: number): [string, string] {
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index)]
}

function isName(text: string): boolean {
  return /^[\w.-]+$/.test(text) && /^[A-Za-z0-9]/.test(text) && /[A-Za-z0-9]$/.test(text)
}

/** What follows the extras; undefined if they are none. */
function withoutExtras(text: string): string | undefined {
  if (!text.startsWith('[')) return text
  const end = text.indexOf(']')
  const extras = text.slice(1, end).trim()
  const areNames = extras === '' || extras.split(',').every(extra => isName(extra.trim()))
  return end > 0 && areNames ? text.slice(end + 1).trim() : undefined
}

function areVersions(text: string): boolean {
  const isInParentheses = text.startsWith('(') && text.endsWith(')')
  const clauses = (isInParentheses ? text.slice(1, -1) : text).split(',').map(clause => clause.trim())
  if (clauses.at(-1) === '') clauses.pop()
  return clauses.every(clause => CLAUSE.test(clause))
}

/** The channel before `::` may be an address, which the policy checks by itself. */
function isPlainSpec(text: string): boolean {
  const spec = text.slice(text.lastIndexOf('::') + 1).replace(/^:/, '')
  const [written = ''] = spec.split('#', 1)
  return (
    /^\s*\w[\w.\s,()[\]<>=!~*+|^$&'"-]*$/.test(written) && !/\b(?:url|fn)\s*=|\.(?:conda|tar\.bz2)\b/i.test(written)
  )
}
