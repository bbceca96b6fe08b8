import { inMergeOrder } from '../environment/files.js'
import type { Cooldown } from '../inputs/cooldown.js'
import type { Inputs } from '../inputs/inputs.js'
import type { LockedPackage } from '../lockfile/package.js'
import type { Platform } from '../lockfile/platforms.js'
import { channelUrls } from './origins.js'
import type { Plan } from './plan.js'

/** What conda-lock is asked to lock. */
export interface LockRequest {
  readonly plan: Plan
  readonly inputs: Pick<
    Inputs,
    | 'platforms'
    | 'lockfile'
    | 'explicitLockfile'
    | 'pipRequirements'
    | 'workingDirectory'
    | 'channelAlias'
    | 'allowedChannels'
    | 'condaExecutable'
    | 'steering'
    | 'policyOn'
    | 'buildFromSource'
  >
  /** The conda packages of the old lock. */
  readonly before: ReadonlyMap<Platform, readonly LockedPackage[]>
  readonly cooldowns: readonly DatedCooldown[]
}

/** A cooldown in one run. */
export interface DatedCooldown extends Omit<Cooldown, 'cutoff'> {
  /** Later uploads are not considered; undefined: all are. */
  readonly at: Date | undefined
}

/**
 * What to ask for in this run.
 * @param before the packages of the old lock, whose records `update: minimal` prefers
 * @param now what an age in `exclude-newer` is counted back from
 */
export function makeRequest(
  plan: Plan,
  inputs: LockRequest['inputs'],
  before: readonly LockedPackage[],
  now: Date
): LockRequest {
  const { steering, platforms } = inputs
  const pinsOf = (platform: Platform) => before.filter(pin => pin.manager === 'conda' && pin.platform === platform)
  return {
    plan,
    inputs,
    before: new Map(platforms.map(platform => [platform, pinsOf(platform)])),
    cooldowns: steering.excludeNewer.map(({ cutoff, ...rest }) => ({ ...rest, at: cutoff?.at(now) }))
  }
}

/** The packages that may be built to learn what they need: none where nobody has reviewed the environment files. */
export function packagesToBuild({
  policyOn,
  buildFromSource
}: Pick<Inputs, 'policyOn' | 'buildFromSource'>): readonly string[] {
  return policyOn === 'all' ? [] : buildFromSource
}

/** The categories of the environment files, each once. */
export function categoriesOf({ environments }: Plan): string[] {
  return [...new Set(inMergeOrder(environments).map(({ category }) => category))]
}

/** What solver/steering.py reads. */
export function steeringOf(request: LockRequest) {
  const { before, inputs } = request
  const { update, upgrade } = inputs.steering
  const fileOf = ({ url, hash }: LockedPackage) => ({ url, hash })
  const locked = Object.fromEntries([...before].map(([platform, pins]) => [platform, pins.map(fileOf)]))
  return { locked, keep: update === 'minimal', upgrade, ...cooldownsOf(request) }
}

/** What solver/cooldown.py reads. */
export function cooldownsOf({ cooldowns, inputs }: LockRequest) {
  const namesOf = ({ kind, name }: DatedCooldown) =>
    kind === 'channel' ? channelUrls(name, inputs.channelAlias) : [name]
  return {
    cooldowns: cooldowns.map(entry => ({
      text: entry.text,
      kind: entry.kind,
      names: namesOf(entry),
      at: entry.at ?? null
    })),
    exempt: inputs.steering.exempt
  }
}
