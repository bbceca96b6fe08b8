import { inMergeOrder } from '../environment/files.js'
import type { Cooldown } from '../inputs/cooldown.js'
import type { Inputs } from '../inputs/inputs.js'
import { pypiName } from '../environment/pypi-name.js'
import { packagesOn, type LockedPackage } from '../lockfile/package.js'
import type { Platform } from '../lockfile/platforms.js'
import { channelUrls } from './origins.js'
import { pipUpgrade } from './pip-upgrade.js'
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
  /** The packages of the old lock. */
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
  return {
    plan,
    inputs,
    before: new Map(platforms.map(platform => [platform, packagesOn(platform, before)])),
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
  const locked = Object.fromEntries([...before].map(([platform, pins]) => [platform, pins.filter(isConda).map(fileOf)]))
  return { locked, keep: update === 'minimal', upgrade, ...cooldownsOf(request) }
}

function isConda({ manager }: LockedPackage): boolean {
  return manager === 'conda'
}

/**
 * What solver/pip_kept.py reads.
 * @throws SyncError of kind `input` if `upgrade` asks for a locked package of PyPI in a way that only conda understands
 */
export function preferredOf({ before, inputs }: Pick<LockRequest, 'before' | 'inputs'>) {
  const { update, upgrade } = inputs.steering
  const versionOf = ({ name, version }: LockedPackage) => [pypiName(name), version] as const
  const pins = [...before].map(
    ([platform, all]) => [platform, all.filter(pin => !isConda(pin)).map(versionOf)] as const
  )
  const names = new Set(pins.flatMap(([, versions]) => versions.map(([name]) => name)))
  const asked = new Map<string, string[]>()
  for (const { name, specifiers } of upgrade.map(pipUpgrade)) {
    if (names.has(name)) asked.set(name, [...(asked.get(name) ?? []), specifiers()])
  }
  const kept = update === 'minimal' ? pins : []
  return {
    kept: Object.fromEntries(kept.map(([platform, versions]) => [platform, Object.fromEntries(versions)])),
    // Specifiers of several entries about one package hold together.
    asked: Object.fromEntries([...asked].map(([name, texts]) => [name, texts.filter(text => text !== '').join(',')]))
  }
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
