import { SyncError } from '../common/errors.js'
import { HEADER } from '../lock/companion.js'
import { type FileContents, isContent } from '../common/files.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { Bundle } from './bundle.js'

/**
 * What shows, even in a file that can't be read (with conflict markers in it, for example), that it is of a kind that the
 * action writes.
 */
const LOCKFILE = /^[ \t]*(?:\{.*)?"?package"?:/m
const EXPLICIT = /^@EXPLICIT[ \t\r]*$/m
const ENVIRONMENT = /^[ \t]*(?:\{.*)?"?dependencies"?:/m

/**
 * A bundle says itself which of its paths is a lockfile; so that it can't take any other file's place, what is there must be one.
 * @param old the files that the base branch has
 * @throws SyncError of kind `bundle` that names the file
 */
export function checkReplaced(bundle: Bundle, old: FileContents): void {
  for (const file of bundle.files) {
    const before = old.get(file.path)
    if (before === undefined || isContent(file, before)) continue
    const text = Buffer.from(before).toString('utf8')
    if (text.trim() === '' || isOfKind(bundle, file.path, text)) continue
    throw new SyncError(
      'bundle',
      `A bundle would replace or delete \`${file.path}\`, which is none of the action's files.`,
      {
        hint: 'If it is to be one from now on, delete it on the base branch; otherwise look for who or what has changed the bundle.'
      }
    )
  }
}

function isOfKind({ layout, solveSettings }: Bundle, path: string, text: string): boolean {
  const { lockfile, explicitLockfile, pipRequirements } = layout
  const isOne = (template: string) => solveSettings.platforms.some(platform => forPlatform(template, platform) === path)
  if (path === lockfile) return LOCKFILE.test(text)
  if (isOne(explicitLockfile)) return EXPLICIT.test(text)
  if (isOne(pipRequirements)) return text.startsWith(HEADER)
  return ENVIRONMENT.test(text)
}
