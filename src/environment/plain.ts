/**
 * Whether an entry asks for a package by its name, with versions, extras and a marker at most: nothing that leads to a file,
 * a repository, an index or an option. It knows only characters, so it lets less pass than the parsers do, never more; what
 * is parsed as an address has a character that is not in here.
 */
export function isPlain(kind: 'spec' | 'requirement', text: string): boolean {
  return kind === 'spec' ? isPlainSpec(text) : isPlainRequirement(text)
}

/**
 * A name, extras, version specifiers (with or without parentheses), a hash, and a marker, by the grammar of PEP 508.
 * @see https://packaging.python.org/en/latest/specifications/dependency-specifiers/#grammar
 */
const NAME = /[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?/.source
const EXTRAS = `\\[\\s*(?:${NAME}(?:\\s*,\\s*${NAME})*\\s*)?\\]`
const CLAUSE = /(?:===|[=!<>~]=|[<>])\s*[\w.*+!-]+/.source
const VERSIONS = `${CLAUSE}(?:\\s*,\\s*${CLAUSE})*(?:\\s*,)?\\s*`
const HASH = /--hash=\w+:\w+\s*/.source
const REQUIREMENT = new RegExp(
  `^\\s*${NAME}\\s*(?:${EXTRAS}\\s*)?(?:${VERSIONS}|\\(\\s*(?:${VERSIONS})?\\)\\s*)?(?:${HASH})?$`
)
/** Its words, comparisons and parentheses; texts may say anything. */
const MARKER = /^(?:[\sa-z_<>=!~()]|'[^']*'|"[^"]*")*$/

/** conda-lock takes what follows the last semicolon for the marker. */
function isPlainRequirement(text: string): boolean {
  const semicolon = text.lastIndexOf(';')
  const [requirement, marker] = semicolon < 0 ? [text, ''] : [text.slice(0, semicolon), text.slice(semicolon + 1)]
  return REQUIREMENT.test(requirement) && MARKER.test(marker)
}

/** The channel before `::` may be an address, which the policy checks by itself. */
function isPlainSpec(text: string): boolean {
  const spec = text.slice(text.lastIndexOf('::') + 1).replace(/^:/, '')
  const [written = ''] = spec.split('#', 1)
  return (
    /^\s*\w[\w.\s,()[\]<>=!~*+|^$&'"-]*$/.test(written) && !/\b(?:url|fn)\s*=|\.(?:conda|tar\.bz2)\b/i.test(written)
  )
}
