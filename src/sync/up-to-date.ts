import { blobSha, type RepositoryFile } from '../common/files.js'
import { inMergeOrder } from '../environment/files.js'
import type { Inputs } from '../inputs/inputs.js'
import { copiesOf, type Plan } from '../lock/plan.js'
import { forPlatform } from '../lockfile/platforms.js'
import { INPUTS_HASH, LOCKED_ON } from '../lockfile/propose.js'
import type { OpenPull } from '../publish/observe.js'
import { log } from '../runner/log.js'
import { isFinished, openPullOf } from './observe.js'
import type { Sources } from './sources.js'

/** A lock of the plan that is there already, so that nothing needs to be solved. */
export type CurrentLock =
  /** The base branch (or the checkout) has every file as it should be. */
  | { readonly kind: 'base'; readonly files: readonly RepositoryFile[]; readonly lockedOn: string }
  /** The open pull request proposes it. */
  | { readonly kind: 'proposed'; readonly open: OpenPull; readonly lockedOn: string }

type Metadata = Readonly<Record<string, string>>

/**
 * Finds a lock of the very inputs that would be locked now, young enough for the input `relock`. Costs no solve and no parsing
 * of packages; so it can't see what people have changed in a lockfile by hand.
 */
export function findCurrentLock(
  inputs: Inputs,
  { plan, previous, observation }: Pick<Sources, 'plan' | 'previous' | 'observation'>
): CurrentLock | undefined {
  const open = openPullOf(observation)
  const proposed = open?.memory?.metadata ?? {}
  if (open !== undefined && isOfSameInputs(proposed, plan) && proposesNews(open, previous.blobs)) {
    return isFinished(open) && isCurrentLock(proposed, open.blobs, inputs, plan)
      ? { kind: 'proposed', open, lockedOn: proposed[LOCKED_ON] ?? '' }
      : undefined
  }
  if (!isCurrentLock(previous.metadata, previous.blobs, inputs, plan)) return undefined
  const files = wantedFiles(inputs, plan).map(({ path }) => ({
    path,
    content: previous.contents.get(path) ?? new Uint8Array()
  }))
  return { kind: 'base', files, lockedOn: previous.metadata[LOCKED_ON] ?? '' }
}

/**
 * Whether some files hold a lock of the very inputs of the plan, young enough for the input `relock`.
 * @param metadata what the lockfile among them says of itself
 */
export function isCurrentLock(
  metadata: Metadata,
  blobs: ReadonlyMap<string, string>,
  inputs: Inputs,
  plan: Plan
): boolean {
  const { relock } = inputs
  if (relock.kind === 'always' || !isOfSameInputs(metadata, plan) || !isYoung(metadata, plan, relock.days)) return false
  return wantedFiles(inputs, plan).every(
    ({ path, blob }) => blobs.has(path) && (blob === undefined || blobs.get(path) === blob)
  )
}

/** Says why nothing is solved. */
export function logCurrentLock({ kind, lockedOn }: CurrentLock): void {
  const since = lockedOn === '' ? '' : ` of ${lockedOn}`
  log(`Nothing is solved: the inputs are those of the lock${since}${kind === 'base' ? '' : ' that is proposed'}.`)
}

function isOfSameInputs(metadata: Metadata, plan: Plan): boolean {
  return metadata[INPUTS_HASH] !== undefined && metadata[INPUTS_HASH] === plan.metadata[INPUTS_HASH]
}

/** A lock that does not say how old it is counts as old. */
function isYoung(metadata: Metadata, plan: Plan, days: number): boolean {
  if (days === Infinity) return true
  const age = Date.parse(plan.metadata[LOCKED_ON] ?? '') - Date.parse(metadata[LOCKED_ON] ?? '')
  return age >= 0 && age < days * 24 * 60 * 60 * 1000
}

interface WantedFile {
  readonly path: string
  /** Known for copies of upstream files; what a lockfile should hold only a solve can tell. */
  readonly blob: string | undefined
}

/** Without a solve it is not known whether a `pip:` section has packages for a platform; a companion is expected then. */
function wantedFiles(inputs: Inputs, plan: Plan): WantedFile[] {
  const copies = copiesOf(plan.upstream).map(({ path, content }) => ({ path, blob: blobSha(content) }))
  const lockfiles = inputs.platforms.flatMap(platform => {
    const hasPip = inMergeOrder(plan.environments).some(environment =>
      environment.dependencies(platform).some(dependency => typeof dependency !== 'string' && dependency.pip.length > 0)
    )
    const templates = [inputs.explicitLockfile, ...(hasPip ? [inputs.pipRequirements] : [])]
    return templates.map(template => forPlatform(template, platform))
  })
  return [...copies, ...[inputs.lockfile, ...lockfiles].map(path => ({ path, blob: undefined }))]
}

/** Whether the pull request proposes something that the base branch does not have. */
function proposesNews({ blobs }: OpenPull, base: ReadonlyMap<string, string>): boolean {
  return [...blobs].some(([path, blob]) => base.get(path) !== blob)
}
