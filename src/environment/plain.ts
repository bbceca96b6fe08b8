/**
 * Whether an entry asks for a package by its name, with versions, extras and a marker at most: nothing that leads to a file,
 * a repository, an index or an option. It knows only characters, so it lets less pass than the parsers do, never more; what
 * is parsed as an address has a character that is not in here.
 */
export function isPlain(kind: 'spec' | 'requirement', text: string): boolean {
  return kind === 'spec' ? isPlainSpec(text) : isPlainRequirement(text)
}

/** A name, and extras behind it. */
const NAMED = /^\s*[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[\w.,\s-]*\])?/
/** Of pip's options the one that only says what has to be downloaded. */
const HASH = /--hash=\w+:\w+\s*$/
const CLAUSE = /^(?:===|[=!<>~]=|[<>])\s*[\w.*+!-]+$/
/** Its words, comparisons and parentheses; texts may say anything. */
const MARKER = /^(?:[\sa-z_<>=!~()]|'[^']*'|"[^"]*")*$/

/**
 * A name, extras, version specifiers (with or without parentheses), a hash, and a marker; conda-lock takes what follows the last
 * semicolon for that.
 * @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/#grammar
 */
function isPlainRequirement(text: string): boolean {
  const semicolon = text.lastIndexOf(';')
  const [requirement, marker] = semicolon < 0 ? [text, ''] : [text.slice(0, semicolon), text.slice(semicolon + 1)]
  const named = NAMED.exec(requirement)
  if (named === null || !MARKER.test(marker)) return false
  const rest = requirement.slice(named[0].length).replace(HASH, '').trim()
  const versions = rest.startsWith('(') && rest.endsWith(')') ? rest.slice(1, -1) : rest
  const clauses = versions.trim().replace(/,$/, '')
  return clauses === '' || clauses.split(',').every(clause => CLAUSE.test(clause.trim()))
}

/** The channel before `::` may be an address, which the policy checks by itself. */
function isPlainSpec(text: string): boolean {
  const spec = text.slice(text.lastIndexOf('::') + 1).replace(/^:/, '')
  const [written = ''] = spec.split('#', 1)
  return (
    /^\s*\w[\w.\s,()[\]<>=!~*+|^$&'"-]*$/.test(written) && !/\b(?:url|fn)\s*=|\.(?:conda|tar\.bz2)\b/i.test(written)
  )
}
