import { join } from 'node:path'
import { SyncError } from '../common/errors.js'
import type { FileContents, DesiredFile } from '../common/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { forPlatform, type Platform } from '../lockfile/platforms.js'
import { isSource, type LockedPackage } from '../lockfile/package.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import { writeTo } from '../runner/disk.js'
import { DriverError } from '../toolchain/driver.js'
import type { CondaLock } from '../toolchain/conda-lock.js'

/** The pip packages beside an explicit lockfile, as a requirements file. */
export interface Companion {
  readonly platform: Platform
  /** Relative to the root of the repository. */
  readonly path: string
  /** Undefined if there are no pip packages. */
  readonly text: string | undefined
  readonly names: readonly string[]
}

/** The first line of every companion file; a file without it is somebody else's. */
export const HEADER = '# Made by conda-lock-sync from the lockfile beside it; install it with:'

/**
 * The pip packages of one platform as a requirements file: each from its URL, with its hash. Of those that are locked as
 * source distributions pip takes the source, of all others, what it needs for building included, wheels only.
 * @param path where the file will be, for the command in its head
 * @returns undefined if there are no pip packages
 * @see https://pip.pypa.io/en/stable/topics/secure-installs/#hash-checking-mode
 */
export function renderCompanion(packages: readonly LockedPackage[], path: string): string | undefined {
  if (packages.length === 0) return undefined
  const pins = packages.toSorted((left, right) => (left.name < right.name ? -1 : 1))
  const lines = pins.map(pin => `${pin.name} @ ${bracedVariables(pin.url)} --hash=${pin.hash}`)
  const command = `#   pip install --no-deps --require-hashes --requirement ${path}`
  const sources = pins.filter(isSource).map(pin => `--no-binary ${pin.name}`)
  return [HEADER, command, '--only-binary :all:', ...sources, ...lines].join('\n') + '\n'
}

/** One companion for each platform. */
export function makeCompanions(
  { packages }: UnifiedLock,
  inputs: Pick<Inputs, 'platforms' | 'pipRequirements'>
): Companion[] {
  return inputs.platforms.map(platform => {
    const path = forPlatform(inputs.pipRequirements, platform)
    const pins = packages.filter(pin => pin.manager === 'pip' && pin.platform === platform)
    return { platform, path, text: renderCompanion(pins, path), names: pins.map(pin => pin.name) }
  })
}

/**
 * Lets pip itself read the companions.
 * @throws SyncError of kind `verify` if it does not find in them what was locked
 */
export async function checkCompanions(
  companions: readonly Companion[],
  { driver, scratch }: Pick<CondaLock, 'driver' | 'scratch'>
): Promise<void> {
  for (const { platform, text, names } of companions) {
    if (text === undefined) continue
    const file = join(scratch, `${platform}.pip.txt`)
    await writeTo(file, text)
    const answer = await driver.request('requirements', { files: [file] }).catch((error: unknown) => {
      throw error instanceof DriverError ? refused(platform, error.message) : error
    })
    const read = JSON.stringify(answer)
    const lost = names.find(name => !read.includes(JSON.stringify(name)))
    if (lost !== undefined) throw refused(platform, `it does not find ${lost}`)
  }
}

function refused(platform: string, reason: string): SyncError {
  return new SyncError('verify', `pip does not accept the requirements file for ${platform}: ${reason}.`, {
    hint: 'Nothing was changed. Report it with the log of this run.'
  })
}

/** The companions as they should be; one that is needed no more goes, but a file that somebody else has written is not ours. */
export function proposeCompanions(old: FileContents, companions: readonly Companion[]): DesiredFile[] {
  return companions.flatMap(({ path, text }): DesiredFile[] => {
    if (text !== undefined) return [{ path, content: Buffer.from(text) }]
    const before = old.get(path)
    const isOurs = before === undefined || Buffer.from(before).toString('utf8').startsWith(HEADER)
    return isOurs ? [{ path, content: undefined }] : []
  })
}

/** conda-lock writes `$USER` or `${USER}` for a credential; pip fills in only the second form. */
function bracedVariables(url: string): string {
  return url.replace(/\$(\w+)/g, '${$1}')
}
