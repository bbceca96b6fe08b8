import { posix } from 'node:path'
import { SyncError } from '../common/errors.js'
import { remembering } from '../common/remembering.js'

/** What git calls the modes of links, submodules and files that may be executed. */
const LINK = '120000'
const SUBMODULE = '160000'
const EXECUTABLE = '100755'

/** Linux follows no more links than this on the way to one file. */
const MOST_LINKS = 40

/** A plain file, or one that may be executed. */
export type FileMode = '100644' | '100755'

interface TreeEntry {
  readonly path: string
  readonly mode: string
  readonly type: string
  readonly sha: string
}

interface TreeSource {
  /** The entries of a folder, by its SHA. */
  readonly readFolder: (sha: string) => Promise<readonly TreeEntry[]>
  /** Where a link leads to, by the SHA of its blob. */
  readonly readLink: (sha: string) => Promise<string>
}

/** A tree that is read folder by folder, each only once. */
export interface TreeReader extends TreeSource {
  /** The entries of its root. */
  readonly root: readonly TreeEntry[]
}

export function openTree(root: TreeReader['root'], source: TreeSource): TreeReader {
  return { root, readFolder: remembering(source.readFolder), readLink: remembering(source.readLink) }
}

/** Where a path leads to, and what is there. */
export interface Found {
  readonly place: string
  readonly mode: FileMode
  /** Undefined if there is no file. */
  readonly sha: string | undefined
}

/**
 * Finds a file as somebody would who has the tree checked out: through links.
 * @throws SyncError of kind `environment` that names a link out of the repository, or a submodule
 */
export async function lookUp(reader: TreeReader, path: string): Promise<Found> {
  let rest = path
  for (let links = 0; links <= MOST_LINKS; links++) {
    const step = await walk(reader, rest)
    if (!('link' in step)) return { place: rest, ...step }
    const target = await reader.readLink(step.link.sha)
    rest = posix.join(posix.dirname(step.at), target, step.beyond)
    if (target.startsWith('/') || rest === '..' || rest.startsWith('../')) throw outside(step.at)
  }
  throw outside(path)
}

type Step =
  | { readonly mode: FileMode; readonly sha: string | undefined }
  /** The first link on the way, where it is, and what of the path comes after it. */
  | { readonly link: TreeEntry; readonly at: string; readonly beyond: string }

async function walk(reader: TreeReader, path: string): Promise<Step> {
  const names = path.split('/')
  let folder = reader.root
  for (const [index, name] of names.entries()) {
    const entry = folder.find(one => one.path === name)
    const at = names.slice(0, index + 1).join('/')
    const isLast = index === names.length - 1
    if (entry?.mode === SUBMODULE) throw submodule(at)
    if (entry?.mode === LINK) return { link: entry, at, beyond: names.slice(index + 1).join('/') }
    if (entry?.type === 'blob' && isLast) {
      return { mode: entry.mode === EXECUTABLE ? EXECUTABLE : '100644', sha: entry.sha }
    }
    if (entry?.type !== 'tree' || isLast) break
    folder = await reader.readFolder(entry.sha)
  }
  return { mode: '100644', sha: undefined }
}

function outside(path: string): SyncError {
  return new SyncError('environment', `\`${path}\` is a link that leads out of the repository, or in a circle.`, {
    hint: 'Replace the link by what it leads to.',
    place: { file: path }
  })
}

function submodule(path: string): SyncError {
  return new SyncError('environment', `\`${path}\` is a submodule, so its files are in another repository.`, {
    hint: 'Run the workflow in that repository, or correct `working-directory` and the names of files.',
    place: { file: path }
  })
}
