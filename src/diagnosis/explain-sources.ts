import { combine, SyncError } from '../common/errors.js'
import { field, isTexts } from '../common/guards.js'
import { mergeSpecs } from '../environment/merge.js'
import { pypiName } from '../environment/pypi-name.js'
import type { Spec, Specs } from '../environment/specs.js'
import type { LockRequest } from '../lock/run.js'
import type { DriverError } from '../toolchain/driver.js'
import { formatChain } from './chains.js'
import { placeOf } from './places.js'

/** A release of a pip package that cannot be locked, as solver/pip_sources.py tells it. */
interface Release {
  readonly name: string
  readonly version: string
  readonly platform: string
  readonly python: string
  readonly kind: string
  /** The rest of a sentence, or the names of the files that there are. */
  readonly reason: string
  /** From a named requirement to the package. */
  readonly chain: readonly string[]
  /** The newest version that has a wheel. */
  readonly wheel: string | undefined
}

/**
 * The errors, as one, for pip packages that have no wheel and that cannot be locked as source distributions.
 * @returns undefined if it is another failure
 */
export function explainSources(error: DriverError, request: LockRequest, { specs }: Specs): SyncError | undefined {
  const merged = mergeSpecs(specs).specs
  switch (error.type) {
    case 'NoUsableFileError':
      return refused(parseReleases(field(error.details, 'releases')), merged, request)
    case 'OtherFileError':
      return new SyncError(
        'solve',
        `\`${text(error.details, 'file')}\` is not the file that the package index tells of: ${text(error.details, 'reason')}.`,
        { hint: 'The index, or a mirror of it, has to be put right: tell whoever runs it.' }
      )
    default:
      return undefined
  }
}

function refused(releases: readonly Release[], merged: readonly Spec[], request: LockRequest): SyncError {
  const told = releases.map(release => {
    const entry = entryOf(release, merged)
    return new SyncError('solve', message(release, entry), { hint: hint(release, entry, request), ...placeOf(entry) })
  })
  return combine(told.toSorted((left, right) => (left.place?.line ?? 0) - (right.place?.line ?? 0)))
}

function parseReleases(value: unknown): Release[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : []
  return entries.map(entry => {
    const chain = field(entry, 'chain')
    const wheel = field(entry, 'wheel')
    return {
      name: text(entry, 'name'),
      version: text(entry, 'version'),
      platform: text(entry, 'platform'),
      python: text(entry, 'python'),
      kind: text(entry, 'kind'),
      reason: text(entry, 'reason'),
      chain: isTexts(chain) ? chain : [],
      wheel: typeof wheel === 'string' ? wheel : undefined
    }
  })
}

function text(value: unknown, name: string): string {
  return String(field(value, name))
}

/** The named requirement that a release is there for. */
function entryOf({ chain, platform }: Release, specs: readonly Spec[]): Spec | undefined {
  return specs.find(spec => spec.manager === 'pip' && spec.platform === platform && pypiName(spec.name) === chain[0])
}

function message(release: Release, entry: Spec | undefined): string {
  const { name, version, platform, python, chain } = release
  const way =
    chain.length > 1 && entry !== undefined
      ? ` \`${entry.text}\` (${entry.file}, line ${entry.line}) brings it in: ${formatChain(chain)}.`
      : ''
  return `\`${name} ${version}\` has no wheel for ${platform} and Python ${python}${why(release)}.${way}`
}

function why({ kind, reason }: Release): string {
  switch (kind) {
    case 'no-file':
      return `, and no source distribution, only ${reason}`
    case 'failed':
      return `, and what it needs could not be learnt by building it: ${reason}`
    default:
      return `, and what it needs is only known once it is built, which runs its code: ${reason}`
  }
}

function hint(release: Release, entry: Spec | undefined, request: LockRequest): string {
  const { wheel, name, kind } = release
  const version = wheel === undefined ? [] : [`ask for a version that has a wheel, such as \`${name}==${wheel}\``]
  const build = kind === 'not-static' ? [buildHint(name, entry, request)] : []
  const ways = ['take the package from conda', ...version, ...build]
  return `${ways.join(', or ').replace(/^t/, 'T')}.`
}

/** How it could be built, or what forbids that. */
function buildHint(name: string, entry: Spec | undefined, { plan, inputs }: LockRequest): string {
  if (inputs.policyOn === 'all') return 'lock where `policy-on` is `upstream`: with `all` nothing is built'
  const isOwn = plan.environments.own.some(({ file }) => file === entry?.file)
  const own = isOwn
    ? ''
    : `, after you have asked for it in a \`pip:\` section of your own, as nothing is built for upstream's files`
  return `name \`${name}\` in \`build-from-source\`, if you trust its code${own}`
}
