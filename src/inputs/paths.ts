import { isAbsolute, posix } from 'node:path'
import type { InputName } from './table.js'
import { refuse } from './reader.js'
import { hasControlCharacter } from './texts.js'

/**
 * A path in the repository: relative, inside it, without the parts that mean something to a shell or to git.
 * @param directory what the text is relative to: a path in the repository itself
 * @throws as {@link refuse}
 */
export function repositoryPath(name: InputName, directory: string, text: string): string {
  if (isAbsolute(text) || text.includes('\\') || hasControlCharacter(text))
    refuse(name, text, 'is not a relative path with forward slashes')
  const path = posix.normalize(posix.join(directory, text)).replace(/(?<=.)\/$/, '')
  if (path === '..' || path.startsWith('../')) refuse(name, text, 'is outside the repository')
  if (path.split('/').some(part => part.toLowerCase() === '.git')) refuse(name, text, "is in git's own folder")
  if (name !== 'working-directory' && path === directory) refuse(name, text, 'is a folder, not a file')
  return path
}

/**
 * The input `working-directory`: the repository itself unless it names a folder.
 * @throws as {@link refuse}
 */
export function workingDirectory(text = ''): string {
  return repositoryPath('working-directory', '.', text === '' ? '.' : text)
}

/**
 * The path of an environment file. conda-lock goes by the name: it takes some for recipes and for projects, and finds no
 * dependencies where those have theirs.
 * @throws as {@link refuse}
 */
export function environmentPath(name: InputName, directory: string, text: string): string {
  const path = repositoryPath(name, directory, text)
  const taken = TAKEN_FOR_ELSE.get(posix.basename(path))
  if (taken === undefined) return path
  return refuse(
    name,
    text,
    `has a name that conda-lock takes for ${taken}, and only environment files are read here`,
    'If it is an environment file, give it another name, such as `environment.yml`; otherwise write what it asks for in one.'
  )
}

/** Whether conda-lock reads a file of this name as an environment file. */
export function isEnvironmentName(path: string): boolean {
  return !TAKEN_FOR_ELSE.has(posix.basename(path))
}

/** File names by conda-lock 4.0.3 (its src_parser/__init__.py). */
const TAKEN_FOR_ELSE: ReadonlyMap<string, string> = new Map([
  ['meta.yaml', 'the recipe of a package'],
  ['pyproject.toml', 'a Python project']
])

/** @throws as {@link refuse} */
export function optionalPath(name: InputName, directory: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : repositoryPath(name, directory, text)
}

/**
 * Paths of environment files that differ from each other.
 * @throws as {@link refuse}
 */
export function environmentPaths(name: InputName, directory: string, texts: readonly string[]): string[] {
  const paths = texts.map(text => environmentPath(name, directory, text))
  const twice = firstTwice(paths)
  if (twice !== undefined) refuse(name, twice, 'is named twice')
  return paths
}

/** The first text that is there twice. */
export function firstTwice(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index)
}
