import { createHash } from 'node:crypto'

/** A file by its path relative to the root of the repository. */
export interface RepositoryFile {
  readonly path: string
  readonly content: Uint8Array
}

/** A file as it should be; without content there should be none. */
export interface DesiredFile {
  readonly path: string
  readonly content: Uint8Array | undefined
}

/** Contents by path; a path that is not there has no file. */
export type FileContents = ReadonlyMap<string, Uint8Array>

/** The SHA that git gives to a content: the SHA-1 of `blob LENGTH\0CONTENT`. */
export function blobSha(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.byteLength}\0`).update(content).digest('hex')
}

/** {@link blobSha} of each file, by its path. */
export function blobShas(files: Iterable<readonly [path: string, content: Uint8Array]>): Map<string, string> {
  return new Map(Array.from(files, ([path, content]) => [path, blobSha(content)] as const))
}

/** Whether a file is as it should be. */
export function isContent(file: DesiredFile, content: Uint8Array | undefined): boolean {
  if (file.content === undefined || content === undefined) return file.content === content
  return Buffer.compare(file.content, content) === 0
}
