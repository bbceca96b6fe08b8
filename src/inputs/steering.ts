import { exemptionText, parseCooldowns, parseExemption, type Cooldown, type Exemption } from './cooldown.js'
import { optionalPath } from './paths.js'
import { refuse, type InputReader } from './reader.js'
import { INPUTS } from './table.js'

/** What the solve depends on besides the environment files and the channels. */
export interface Steering {
  readonly update: 'all' | 'minimal'
  /** Names or specs of packages that move to the newest in spite of `minimal`. */
  readonly upgrade: readonly string[]
  /** None: every upload counts. */
  readonly excludeNewer: readonly Cooldown[]
  /** What `excludeNewer` does not concern. */
  readonly exempt: readonly Exemption[]
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
  const upgrade = lines('upgrade')
    .flatMap(line => line.split(/,(?! *[=<>!~])/)) // a comma before an operator is within a spec
    .filter(text => text.trim() !== '')
    .map(upgradeSpec)
  const cuda = optional('cuda')
  if (cuda !== undefined && !/^(?:none|\d+(?:\.\d+)*)$/.test(cuda)) {
    refuse('cuda', cuda, 'is neither a version such as `12.4` nor `none`')
  }
  return {
    update: upgrade.length > 0 ? 'minimal' : choice('update', INPUTS.update.values),
    upgrade,
    excludeNewer: parseCooldowns(lines('exclude-newer')),
    exempt: lines('exclude-newer-exempt').map(parseExemption),
    virtualPackages: optionalPath('virtual-packages', directory, optional('virtual-packages')),
    cuda
  }
}

/** Without those after the name, after an operator, and around a comma; others divide two words. */
function withoutBlanks(text: string): string {
  return text
    .trim()
    .split(/ +/)
    .reduce((left, word) => {
      const isAfterName = /^[\w.-]+$/.test(left) && /^[=<>!~]/.test(word)
      return isAfterName || /[=<>!~,|]$/.test(left) || /^[,|]/.test(word) ? left + word : `${left} ${word}`
    })
}

function upgradeSpec(text: string): string {
  const [, name, version = ''] = /^([\w.-]+?)([=<>!~][\w.=<>!~*+|,]*)?$/.exec(withoutBlanks(text)) ?? []
  return name === undefined
    ? refuse('upgrade', text, 'is neither the name of a package nor a spec such as `openssl>=3.5.4`')
    : `${name.toLowerCase()}${version}`
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
  if (condaExecutable !== undefined && excludeNewer[0] !== undefined) {
    refuse('exclude-newer', excludeNewer[0].text, onlyBuiltIn)
  }
  if (exempt[0] !== undefined && excludeNewer.length === 0) {
    refuse('exclude-newer-exempt', exemptionText(exempt[0]), 'has no effect without `exclude-newer`')
  }
  if (cuda !== undefined && virtualPackages !== undefined) {
    const either = 'write `__cuda` into that file, or leave one of them out'
    refuse('cuda', cuda, `cannot be combined with \`virtual-packages\`: ${either}`)
  }
}
