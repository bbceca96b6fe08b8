import * as z from 'zod/mini'
import { combine, inLineOrder, SyncError } from '../common/errors.js'
import { code } from '../common/markdown.js'
import { optional, read } from '../common/schema.js'
import { enumerateSome } from '../common/sentences.js'
import { pypiName } from '../environment/pypi-name.js'
import type { Spec } from '../environment/specs.js'
import type { LockRequest } from '../lock/request.js'
import type { DriverError } from '../toolchain/driver.js'
import { formatChain } from './chains.js'
import { placeOf } from './places.js'

/** A release of a pip package that cannot be locked, as solver/pip_refusals.py tells it. */
const release = z.object({
  name: z.string(),
  version: z.string(),
  platform: z.string(),
  python: z.string(),
  kind: z.enum(['not-static', 'failed', 'no-file']),
  /** The rest of a sentence about it. */
  reason: z.string(),
  /** The files that there are. */
  files: z.array(z.string()),
  /** From a named requirement to the package. */
  chain: z.array(z.string()),
  /** The newest version that has a wheel. */
  wheel: optional(z.string())
})

type Release = z.infer<typeof release>

const releases = z.object({ releases: z.array(release) })
const otherFile = z.object({ file: z.string(), reason: z.string() })

/**
 * The errors, as one, for pip packages that have no wheel and that cannot be locked as source distributions.
 * @returns undefined if it is another failure
 */
export function explainSources(
  { type, details }: DriverError,
  request: LockRequest,
  specs: readonly Spec[]
): SyncError | undefined {
  switch (type) {
    case 'NoUsableFileError':
      return refused(read(releases, details, 'error').releases, specs, request)
    case 'OtherFileError':
      return damaged(read(otherFile, details, 'error'))
    default:
      return undefined
  }
}

function refused(found: readonly Release[], specs: readonly Spec[], request: LockRequest): SyncError {
  const told = found.map(each => {
    const entry = entryOf(each, specs)
    return new SyncError('solve', message(each, entry), { hint: hint(each, entry, request), place: placeOf(entry) })
  })
  return combine(inLineOrder(told))
}

function damaged({ file, reason }: z.infer<typeof otherFile>): SyncError {
  return new SyncError('solve', `${code(file)} is not the file that the package index tells of: ${reason}.`, {
    hint: 'The index, or a mirror of it, has to be put right: tell whoever runs it.'
  })
}

/** The named requirement that a release is there for. */
function entryOf({ chain, platform }: Release, specs: readonly Spec[]): Spec | undefined {
  return specs.find(spec => spec.manager === 'pip' && spec.platform === platform && pypiName(spec.name) === chain[0])
}

function message(found: Release, entry: Spec | undefined): string {
  const { name, version, platform, python, chain } = found
  const way =
    chain.length > 1 && entry !== undefined
      ? ` ${code(entry.text)} (${entry.file}, line ${entry.line}) brings it in: ${formatChain(chain)}.`
      : ''
  return `\`${name} ${version}\` has no ${what(found)} for ${platform} and Python ${python}${why(found)}.${way}`
}

function what({ kind }: Release): string {
  return kind === 'no-file' ? 'file' : 'wheel'
}

function why({ kind, reason, files }: Release): string {
  switch (kind) {
    case 'no-file':
      return `, only ${enumerateSome(files.map(code), MOST_FILES)}`
    case 'failed':
      return `, and what it needs could not be learnt by building it: ${reason}`
    case 'not-static':
      return `, and what it needs is only known once it is built, which runs its code: ${reason}`
  }
}

const TAKEN = 'conda-lock takes wheels for the platform, the Python that is locked, and a glibc up to 2.28.'

/** More files than that help nobody. */
const MOST_FILES = 6

function hint({ wheel, name, kind }: Release, entry: Spec | undefined, request: LockRequest): string {
  const version = wheel === undefined ? [] : [`ask for a version that has a wheel, such as \`${name}==${wheel}\``]
  const build = kind === 'not-static' ? [buildHint(name, entry, request)] : []
  const ways = ['Take the package from conda', ...version, ...build].join(', or ')
  return kind === 'no-file' ? `${TAKEN} ${ways}.` : `${ways}.`
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
