import type { Inputs } from './inputs.js'
import { forPlatform } from './platforms.js'
import { INPUTS_HASH, LOCKED_ON } from './lockfile/propose.js'
import type { Contents } from './lockfile/previous.js'
import type { Plan } from './plan.js'
import type { Observed, Open } from './publish/observe.js'
import { blobSha, type RepositoryFile } from './workspace.js'

/** What stands already, so that nothing needs to be solved. */
export type Standing =
  /** The base branch (or the checkout) has every file as it should be. */
  | { readonly kind: 'base'; readonly files: readonly RepositoryFile[]; readonly lockedOn: string }
  /** The open pull request proposes a lock of these inputs. */
  | { readonly kind: 'proposed'; readonly open: Open; readonly lockedOn: string }

/** What is known before anything is solved. */
export interface Situation {
  readonly inputs: Inputs
  readonly plan: Plan
  /** The files of before, by path. */
  readonly old: Contents
  /** Their blob SHAs. */
  readonly base: ReadonlyMap<string, string>
  /** The old lock's `custom_metadata`. */
  readonly custom: Readonly<Record<string, string>>
  readonly observed: Observed | undefined
}

type Metadata = Readonly<Record<string, string>>

/**
 * Whether what is there is a lock of the very inputs that would be locked now, and young enough for the input `relock`.
 * Costs no solve and no parsing of packages; so it can't see what people have changed in a lockfile by hand.
 */
export function findStanding(situation: Situation): Standing | undefined {
  const { inputs, plan, old, base, custom, observed } = situation
  if (inputs.relock.kind === 'always') return undefined
  const { days } = inputs.relock
  const open = observed?.open
  const wanted = wantedFiles(inputs, plan)
  const isLocked = (metadata: Metadata, blobs: ReadonlyMap<string, string>) =>
    isOfSameInputs(metadata, plan) && isYoung(metadata, plan, days) && has(blobs, wanted)
  if (open !== undefined && isOfSameInputs(open.memory?.metadata ?? {}, plan) && differs(open, base)) {
    const isOwn = open.memory?.commit === open.pull.headCommit
    const metadata = open.memory?.metadata ?? {}
    return isOwn && isLocked(metadata, open.blobs)
      ? { kind: 'proposed', open, lockedOn: metadata[LOCKED_ON] ?? '' }
      : undefined
  }
  if (!isLocked(custom, base)) return undefined
  const files = wanted.map(({ path }) => ({ path, content: old.get(path) ?? new Uint8Array() }))
  return { kind: 'base', files, lockedOn: custom[LOCKED_ON] ?? '' }
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
  /** Of an upstream file's copy; what a lockfile holds is for the solver to say. */
  readonly blob: string | undefined
}

/** Without a solve nobody knows whether a `pip:` section has packages for a platform, so then there should be a companion. */
function wantedFiles(inputs: Inputs, plan: Plan): WantedFile[] {
  const copies = plan.files
    .filter(file => !inputs.environmentFiles.includes(file.path))
    .map(({ path, content }) => ({ path, blob: blobSha(content) }))
  const lockfiles = inputs.platforms.flatMap(platform => {
    const hasPip = plan.environments.some(environment =>
      environment.dependencies(platform).some(dependency => typeof dependency !== 'string' && dependency.pip.length > 0)
    )
    const templates = [inputs.explicitLockfile, ...(hasPip ? [inputs.pipRequirements] : [])]
    return templates.map(template => forPlatform(template, platform))
  })
  return [...copies, ...[inputs.lockfile, ...lockfiles].map(path => ({ path, blob: undefined }))]
}

function has(blobs: ReadonlyMap<string, string>, files: readonly WantedFile[]): boolean {
  return files.every(({ path, blob }) => blobs.has(path) && (blob === undefined || blobs.get(path) === blob))
}

/** Whether the pull request proposes something that the base branch does not have. */
function differs({ blobs }: Open, base: ReadonlyMap<string, string>): boolean {
  return [...blobs].some(([path, blob]) => base.get(path) !== blob)
}
