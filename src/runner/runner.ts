import { existsSync, readFileSync } from 'node:fs'
import { messageOf, SyncError } from '../common/errors.js'
import { field, isMapping } from '../common/guards.js'

export interface RepositoryName {
  readonly owner: string
  readonly repo: string
}

/** What the runner says about the run. */
export interface Runner {
  readonly workspace: string
  readonly temp: string
  /** Folder for tools that outlive the run. */
  readonly toolCache: string
  readonly repository: RepositoryName | undefined
  /** Full ref that the run is on, such as `refs/heads/main`; empty outside a runner. */
  readonly ref: string
  readonly defaultBranch: string | undefined
  readonly apiUrl: string
  readonly serverUrl: string
  /** Address of the run, for links. */
  readonly runUrl: string | undefined
  /** What GitHub numbers the runs of a workflow with; running one again does not change it. */
  readonly runNumber?: number | undefined
  /** Whether the run is for a pull request from another repository. */
  readonly isFromFork: boolean
  /** What has started the run, such as `schedule`; empty outside a runner. */
  readonly event: string
  /** The branch that the run's pull request is for, where the event is about one. */
  readonly pullRequestBase: string | undefined
}

/** `OWNER/REPO` as its two parts, or undefined if it is something else. Names of managed users have an underscore. */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  const match = /^([A-Za-z0-9][A-Za-z0-9_-]*)\/(?!\.{1,2}$)([A-Za-z0-9._-]+)$/.exec(text)
  return match?.[1] !== undefined && match[2] !== undefined ? { owner: match[1], repo: match[2] } : undefined
}

/**
 * Reads the variables that every GitHub runner sets, and the event's payload.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export function readRunner(environment: NodeJS.ProcessEnv): Runner {
  refuseWindows(process.platform)
  const repositoryName = environment.GITHUB_REPOSITORY
  const temp = environment.RUNNER_TEMP
  if (temp === undefined || temp === '') {
    throw new SyncError('input', 'RUNNER_TEMP is not set, so there is no folder to work in.', {
      hint: 'Run this as a GitHub Action, or set RUNNER_TEMP to a folder that can be written to.'
    })
  }
  const payload = readPayload(environment.GITHUB_EVENT_PATH)
  const pull = field(payload, 'pull_request')
  return {
    workspace: environment.GITHUB_WORKSPACE ?? process.cwd(),
    temp,
    toolCache: environment.RUNNER_TOOL_CACHE ?? temp,
    repository: repositoryName === undefined ? undefined : parseRepositoryName(repositoryName),
    ref: environment.GITHUB_REF ?? '',
    defaultBranch: textOf(field(field(payload, 'repository'), 'default_branch')),
    apiUrl: environment.GITHUB_API_URL ?? 'https://api.github.com',
    serverUrl: environment.GITHUB_SERVER_URL ?? 'https://github.com',
    runUrl:
      repositoryName !== undefined && environment.GITHUB_RUN_ID !== undefined
        ? `${environment.GITHUB_SERVER_URL ?? 'https://github.com'}/${repositoryName}/actions/runs/${environment.GITHUB_RUN_ID}`
        : undefined,
    runNumber: Number(environment.GITHUB_RUN_NUMBER) || undefined,
    isFromFork: isFork(pull, repositoryName),
    event: environment.GITHUB_EVENT_NAME ?? '',
    pullRequestBase: textOf(field(field(pull, 'base'), 'ref'))
  }
}

/** @throws SyncError of kind `input` on Windows, where neither the toolchain nor its paths would be right */
export function refuseWindows(platform: NodeJS.Platform): void {
  if (platform !== 'win32') return
  throw new SyncError('input', 'conda-lock-sync does not run on Windows.', {
    hint: 'Use a runner with Linux or macOS (`runs-on: ubuntu-latest`), or WSL; it locks for win-64 from there, too.'
  })
}

/** A pull request whose repository is gone came from a fork, too. */
function isFork(pull: unknown, repository: string | undefined): boolean {
  return isMapping(pull) && field(field(pull.head, 'repo'), 'full_name') !== repository
}

/**
 * The event that has started the run; undefined where no file tells of one.
 * @throws SyncError of kind `input` if the file is no JSON
 */
function readPayload(path = ''): unknown {
  // Not by way of @actions/github, which would load a method for each route of GitHub's.
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new SyncError('input', `The file of GITHUB_EVENT_PATH, ${path}, can't be read: ${messageOf(error)}.`, {
      hint: 'The runner writes it; unset GITHUB_EVENT_PATH to run without an event.',
      cause: error
    })
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
