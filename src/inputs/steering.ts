import { parseCutoff, type Cutoff } from './cutoff.js'
import { optionalPath } from './paths.js'
import { refuse, type InputReader } from './reader.js'
import { INPUTS } from './table.js'

/** What the solve depends on besides the environment files and the channels. */
export interface Steering {
  readonly update: 'all' | 'minimal'
  /** Names or specs of packages that move to the newest in spite of `minimal`. */
  readonly upgrade: readonly string[]
  readonly excludeNewer: Cutoff | undefined
  /** conda's names, in lower case. */
  readonly exempt: readonly string[]
  /** Path of a file. */
  readonly virtualPackages: string | undefined
  /** A version, or `none`. */
  readonly cuda: string | undefined
}

/**
 * What steers the solve.
 * @throws SyncError of kind `input`, naming the input
 */
export function readSteering({ optional, lines, choice }: InputReader, directory: string): Steering {
  const excludeNewer = optional('exclude-newer')
  const upgrade = lines('upgrade')
    .flatMap(line => line.split(','))
    .filter(text => text.trim() !== '')
    .map(upgradeSpec)
  const cuda = optional('cuda')
  if (cuda !== undefined && !/^(?:none|\d+(?:\.\d+)*)$/.test(cuda)) {
    refuse('cuda', cuda, 'is neither a version such as `12.4` nor `none`')
  }
  return {
    update: upgrade.length > 0 ? 'minimal' : choice('update', INPUTS.update.values),
    upgrade,
    excludeNewer: excludeNewer === undefined ? undefined : cutoff(excludeNewer),
    exempt: lines('exclude-newer-exempt').map(packageName),
    virtualPackages: optionalPath('virtual-packages', directory, optional('virtual-packages')),
    cuda
  }
}

function cutoff(text: string): Cutoff {
  return (
    parseCutoff(text) ??
    refuse('exclude-newer', text, 'is neither a date such as `2025-09-24` nor an age such as `3d`, `12h` or `2w`')
  )
}

function upgradeSpec(text: string): string {
  const [, name, version = ''] = /^([\w.-]+?) *([=<>!~][\w.=<>!~*+|]*)?$/.exec(text.trim()) ?? []
  return name === undefined
    ? refuse('upgrade', text, 'is neither the name of a package nor a spec such as `openssl>=3.5.4`')
    : `${name.toLowerCase()}${version}`
}

function packageName(text: string): string {
  return /^[\w.-]+$/.test(text)
    ? text.toLowerCase()
    : refuse('exclude-newer-exempt', text, 'is not the name of a package')
}

/**
 * Refuses what does not go together.
 * @throws SyncError of kind `input`, naming the input
 */
export function checkSteering(
  { update, upgrade, excludeNewer, exempt, virtualPackages, cuda }: Steering,
  condaExecutable: string | undefined
): void {
  const onlyBuiltIn = 'works with the built-in solver only: leave out either this or `conda-executable`'
  if (condaExecutable !== undefined && upgrade[0] !== undefined) refuse('upgrade', upgrade[0], onlyBuiltIn)
  if (condaExecutable !== undefined && update === 'minimal') refuse('update', update, onlyBuiltIn)
  if (condaExecutable !== undefined && excludeNewer !== undefined) {
    refuse('exclude-newer', excludeNewer.text, onlyBuiltIn)
  }
  if (exempt[0] !== undefined && excludeNewer === undefined) {
    refuse('exclude-newer-exempt', exempt[0], 'has no effect without `exclude-newer`')
  }
  if (cuda !== undefined && virtualPackages !== undefined) {
    const either = 'write `__cuda` into that file, or leave one of them out'
    refuse('cuda', cuda, `cannot be combined with \`virtual-packages\`: ${either}`)
  }
}
