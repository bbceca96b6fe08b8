import { code } from '../common/markdown.js'
import { namedKey, type NamedPackages } from '../environment/named.js'
import type { Clash, CondaNames } from '../lock/one-version.js'
import type { LockedPackage } from '../lockfile/package.js'
import { requirersIn, wayOf, type FindRequiredBy } from './required-by.js'

/** A lock, as far as it says who has brought a package in. */
export interface Reasons {
  readonly packages: readonly LockedPackage[]
  readonly named: NamedPackages
  readonly condaNames: CondaNames
}

/** Tells clashes of a lock, each in one or two sentences of Markdown that name who brought the packages in. */
export function clashTeller({ packages, named, condaNames }: Reasons): (clash: Clash) => string {
  const reasons = requirersIn(packages, named, condaNames)
  const origin = (pin: LockedPackage) => originOf(pin, named, reasons)
  return clash => {
    const { conda, pip } = clash
    if (clash.kind === 'unmet') {
      return `${code(pip.name)} from pip needs ${code(`${conda.name} ${clash.requirement}`)}, and conda's is ${code(conda.version)}. ${code(pip.name)} is ${origin(pip)}.`
    }
    return `${code(pip.name)} is locked twice: ${code(conda.version)} from conda, and ${code(pip.version)} from pip, which gets installed over it. pip's is ${origin(pip)}; conda's ${nameOf(conda, pip)}is ${origin(conda)}.`
  }
}

function nameOf(conda: LockedPackage, pip: LockedPackage): string {
  return conda.name === pip.name ? '' : `${code(conda.name)} `
}

/** Who has brought a package in, after "is": the file that names it, or the way to it with what the last step asks for. */
function originOf(pin: LockedPackage, named: NamedPackages, reasons: FindRequiredBy): string {
  const file = named.get(namedKey(pin))
  if (file !== undefined) return `named in ${code(file)}`
  const reason = reasons(pin)
  if (reason === undefined) return 'needed by nothing'
  const [root, last] = [reason.chain[0], reason.chain.at(-1)]
  const spec = last?.dependencies[pin.name] ?? ''
  const asked = spec === '' || spec === '*' ? '' : ` (${code(spec)})`
  const where = root === undefined ? undefined : named.get(namedKey(root))
  return `needed by ${wayOf(reason)}${asked}${where === undefined ? '' : `, named in ${code(where)}`}`
}

/** The package that an environment file names and that has, in the end, brought another one in; the package itself if it is named. */
export function rootOf(pin: LockedPackage, { packages, named, condaNames }: Reasons): LockedPackage {
  return named.has(namedKey(pin)) ? pin : (requirersIn(packages, named, condaNames)(pin)?.chain[0] ?? pin)
}
