/**
 * Whether an entry asks for a package by its name, with versions, extras and a marker at most: nothing that leads to a file,
 * a repository, an index or an option. It knows only characters, so it lets less pass than the parsers do, never more; what
 * is parsed as an address has a character that is not in here.
 */
export function isPlain(kind: 'spec' | 'requirement', text: string): boolean {
  return kind === 'spec' ? isPlainSpec(text) : isPlainRequirement(text)
}

/** conda-lock takes what follows the last semicolon for the marker, and `git+` for the start of a repository. */
function isPlainRequirement(text: string): boolean {
  const marker = text.lastIndexOf(';')
  const requirement = marker < 0 ? text : text.slice(0, marker)
  return /^\s*(?!git\+)[A-Za-z0-9][\w.\s,()[\]<>=!~*+-]*(?:--hash=\w+:\w+\s*)?$/.test(requirement)
}

/** The channel before `::` may be an address, which the policy checks by itself. */
function isPlainSpec(text: string): boolean {
  const spec = text.slice(text.lastIndexOf('::') + 1).replace(/^:/, '')
  const [written = ''] = spec.split('#', 1)
  return (
    /^\s*\w[\w.\s,()[\]<>=!~*+|^$&'"-]*$/.test(written) && !/\b(?:url|fn)\s*=|\.(?:conda|tar\.bz2)\b/i.test(written)
  )
}
