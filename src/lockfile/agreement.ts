import { atMost, code, MOST_NAMES } from '../common/markdown.js'
import { withoutCredentials } from '../common/urls.js'
import { decodeUrl, sameHash, type LockedPackage } from './package.js'

/** A package that the two lockfiles of a platform do not say the same of. */
export interface Difference {
  readonly unified: LockedPackage | undefined
  readonly explicit: LockedPackage | undefined
  /** Whether the explicit one has it more than once; conda would install any of them. */
  readonly isTwice: boolean
}

/** Compares what two lockfiles hold for one platform, by what each of them has: an explicit one knows no dependencies. */
export function findDifferences(
  unified: readonly LockedPackage[],
  explicit: readonly LockedPackage[]
): readonly Difference[] {
  const key = ({ manager, name }: LockedPackage) => `${manager} ${name}`
  const [left, right] = [unified, explicit].map(pins => new Map(pins.map(pin => [key(pin), pin])))
  const twice = new Set(explicit.filter(pin => right?.get(key(pin)) !== pin).map(key))
  return [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])]
    .map(name => ({ unified: left?.get(name), explicit: right?.get(name), isTwice: twice.has(name) }))
    .filter(
      ({ unified: one, explicit: other, isTwice }) =>
        isTwice || one === undefined || other === undefined || !isSame(one, other)
    )
}

function isSame(left: LockedPackage, right: LockedPackage): boolean {
  return decodeUrl(left.url) === decodeUrl(right.url) && sameHash(left, right)
}

/**
 * One sentence of Markdown, without a full stop, that names the packages and for each the first field that is not the same.
 * @param path of the explicit lockfile
 * @param lockfile path of the `conda-lock.yml`
 */
export function tellDifferences(differences: readonly Difference[], path: string, lockfile: string): string {
  return `${code(path)} is not what ${code(lockfile)} says: ${atMost(differences.map(tell), MOST_NAMES)}`
}

function tell({ unified, explicit, isTwice }: Difference): string {
  const name = code(unified?.name ?? explicit?.name ?? '')
  if (isTwice) return `${name} is there twice`
  if (explicit === undefined) return `${name} is missing`
  if (unified === undefined) return `${name} is there besides`
  const [field, read] = FIELDS.find(([, part]) => part(unified) !== part(explicit)) ?? HASH
  return `${name} (${field} ${code(read(explicit))} instead of ${code(read(unified))})`
}

type Field = readonly [name: string, read: (pin: LockedPackage) => string]

const HASH: Field = ['hash', pin => (pin.md5 === '' ? pin.hash : `md5:${pin.md5}`)]

const FIELDS: readonly Field[] = [
  ['version', pin => pin.version],
  ['build', pin => pin.build],
  ['address', pin => withoutCredentials(decodeUrl(pin.url))]
]
