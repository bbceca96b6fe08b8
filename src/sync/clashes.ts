import { combine, SyncError, type Place } from '../common/errors.js'
import type { Merge } from '../environment/merge.js'
import { namedKey, namedPackages } from '../environment/named.js'
import type { Specs } from '../environment/specs.js'
import type { Inputs } from '../inputs/inputs.js'
import { findClashes } from '../lock/one-version.js'
import type { VerifiedLock } from '../lock/verified-lock.js'
import { clashTeller, rootOf } from '../report/clashes.js'
import { warn, warnAt } from '../runner/log.js'

/**
 * Warns of Python projects that conda and pip have not locked in one version, each on the entry that has brought pip's in.
 * @throws SyncError of kind `solve` with all of them for `on-overlap: error`
 */
export function checkClashes(
  { unified: { packages }, condaNames }: VerifiedLock,
  { specs }: Specs,
  merge: Merge,
  onOverlap: Inputs['onOverlap']
): void {
  const reasons = { packages, named: namedPackages(merge), condaNames }
  const tell = clashTeller(reasons)
  const clashes = findClashes(packages, condaNames).map(clash => {
    const root = rootOf(clash.pip, reasons)
    const spec = specs.findLast(({ manager, name }) => namedKey({ manager, name }) === namedKey(root))
    return { clash, message: tell(clash), place: spec && { file: spec.file, line: spec.line } }
  })
  if (onOverlap === 'error' && clashes.length > 0) throw combine(clashes.map(refusedClash))
  // Of what the files themselves name twice, a warning has been given before the solve.
  const known = new Set(merge.twoManagers.map(({ pip }) => namedKey(pip)))
  for (const { clash, message, place } of clashes) {
    if (clash.kind === 'two versions' && known.has(namedKey(clash.pip))) continue
    if (place === undefined) warn(message)
    else warnAt(message, place)
  }
}

function refusedClash({ message, place }: { readonly message: string; readonly place: Place | undefined }): SyncError {
  return new SyncError('solve', message, {
    hint: "Ask conda for a version that both can use, or pip for a package that takes conda's, or set `on-overlap: warn`.",
    place
  })
}
