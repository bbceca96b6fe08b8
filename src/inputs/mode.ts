import { resolve } from 'node:path'
import type { Runner } from '../runner/runner.js'
import { repositoryPath } from './paths.js'
import {
  branchOf,
  notInQueue,
  readAccess,
  readBranches,
  readPullRequest,
  type Access,
  type PullRequestInputs
} from './pull-request.js'
import { refuse, splitLines, type InputReader } from './reader.js'
import { INPUTS } from './table.js'
import { optionalRef } from './texts.js'

/** The bundles to publish. */
export interface BundleInputs {
  /** Absolute paths of bundles, or of folders that hold some. */
  readonly folders: readonly string[]
  /** Working directories; none means whatever there is. */
  readonly images: readonly string[]
  /** Whether the others are published when one is missing. */
  readonly partial: boolean
}

export interface CommitInputs extends Access {
  readonly branch: string
  readonly message: string
  /** Undefined: the run locks itself. */
  readonly bundles: BundleInputs | undefined
}

/** The pull request that a later job makes of a bundle. */
export type ProposedInputs = Access & Pick<PullRequestInputs, 'base' | 'branch' | 'folder'>

/** Where the lock comes from, and what is done with it. */
export type Mode =
  | { readonly kind: 'files' }
  | { readonly kind: 'check' }
  /** Nothing is locked: the images are listed. */
  | { readonly kind: 'images' }
  | {
      readonly kind: 'lock'
      /** Absolute path. */
      readonly folder: string
      /** Where an earlier run may have proposed a lock already; undefined without a token. */
      readonly proposed: ProposedInputs | undefined
    }
  | ({ readonly kind: 'pull-request' } & PullRequestInputs)
  | ({ readonly kind: 'publish'; readonly bundles: BundleInputs } & PullRequestInputs)
  | ({ readonly kind: 'commit' } & CommitInputs)

/**
 * The mode, with what only it needs.
 * @throws SyncError of kind `input`, naming the input
 */
export function readMode(reader: InputReader, runner: Runner): Mode {
  const kind = reader.choice('mode', INPUTS.mode.values)
  switch (kind) {
    case 'files':
    case 'check':
    case 'images':
      return { kind }
    case 'lock':
      return {
        kind,
        folder: resolve(runner.workspace, reader.required('bundle')),
        proposed: readProposed(reader, runner)
      }
    case 'pull-request':
      return { kind, ...readPullRequest(reader, runner) }
    case 'publish':
      return { kind, ...readPullRequest(reader, runner), bundles: readBundles(reader, runner) }
    case 'commit':
      return { kind, ...readCommit(reader, runner) }
  }
}

function readProposed(reader: InputReader, runner: Runner): ProposedInputs | undefined {
  const token = reader.optional('token')
  if (token === undefined || runner.repository === undefined) return undefined
  return { token, repository: runner.repository, ...readBranches(reader, runner), folder: undefined }
}

function readCommit(reader: InputReader, runner: Runner): CommitInputs {
  const { optional, required } = reader
  return {
    ...readAccess(reader, runner),
    branch: optionalRef('branch', optional('branch')) ?? branchOf(notInQueue(runner.ref)) ?? noBranch(runner.ref),
    message: required('commit-message'),
    bundles: optional('bundles') === undefined ? undefined : readBundles(reader, runner)
  }
}

function noBranch(ref: string): never {
  const hint = 'Name the branch to commit to as `branch`; for a pull request it is `${{ github.head_ref }}`.'
  return refuse('branch', '', `is empty, and the run is not on a branch but on \`${ref}\``, hint)
}

function readBundles({ required, lines, flag }: InputReader, runner: Runner): BundleInputs {
  const images = lines('images').map(line => (line === '.' ? line : repositoryPath('images', '.', line)))
  return {
    folders: splitLines(required('bundles')).map(folder => resolve(runner.workspace, folder)),
    images: [...new Set(images)],
    partial: flag('publish-partial')
  }
}
