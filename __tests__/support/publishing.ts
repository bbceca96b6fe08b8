/**
 * Runs that observe and publish a hand-made proposal against the fake GitHub, without a solve: what a run of the action does
 * with GitHub, in seconds that are mostly Octokit's pauses between writes, so that many can run at once.
 */
import { startDeadline, type Deadline } from '../../src/runner/deadline.js'
import { connect, type GitHub } from '../../src/github/client.js'
import type { PullRequestInputs } from '../../src/inputs/pull-request.js'
import { INPUTS_HASH } from '../../src/lockfile/propose.js'
import { parseMarker } from '../../src/publish/marker.js'
import { observePullRequest, type ObservedPullRequest } from '../../src/publish/observe.js'
import { publish } from '../../src/publish/publish.js'
import type { Proposal, Published } from '../../src/publish/proposal.js'
import type { RepositoryName, Runner } from '../../src/runner/runner.js'
import type { FakeGitHub, Repository } from './github.js'
import { inputsOf, RUNNER } from './inputs.js'

export const HEAD = 'conda-lock-sync'
export const ENVIRONMENT = 'dependencies: [python]\n'
const PATHS = ['environment.yml', 'NBenvironment.yml', 'conda-lock.yml', 'locks/conda-linux-64.lock']

const PERMISSIONS = { contents: 'write', 'pull-requests': 'write', issues: 'write', actions: 'write' } as const

/** One repository with a base branch that has no lockfiles, and the runs on it. */
export interface Stage {
  readonly repository: Repository
  readonly token: string
  /** A client of its own, as each run has one. */
  connect(): GitHub
  observe(github?: GitHub): Promise<ObservedPullRequest>
  /** A whole run. */
  run(proposal: Proposal, inputs?: Partial<PullRequestInputs>, runner?: Partial<Runner>): Promise<Published>
  /** The calls of all runs so far, as `METHOD path`, with `/graphql` named as such. */
  calls(): string[]
}

/** What is otherwise than usual. */
export interface Setting {
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>
  /** For all runs. */
  readonly inputs?: Partial<PullRequestInputs>
  readonly runner?: Partial<Runner>
}

let stages = 0

/** Every stage is a repository of its own, so that they do not disturb each other. */
export async function setStage(
  fake: FakeGitHub,
  { permissions = PERMISSIONS, inputs: common = {}, runner = {} }: Setting = {}
): Promise<Stage> {
  const name = `stage-${++stages}`
  const token = `token-of-${name}`
  const repository = await fake.addRepository(`octo/${name}`, { 'environment.yml': ENVIRONMENT, README: 'An image.\n' })
  fake.addToken(token, permissions, [`octo/${name}`])
  const place = { ...RUNNER, serverUrl: fake.url, runUrl: `${fake.url}/octo/${name}/actions/runs/1`, ...runner }
  const open = () => connect({ apiUrl: fake.apiUrl, token, deadline: NEVER, log: () => undefined })
  const usual = pullRequest(token, { owner: 'octo', repo: name })
  const look = (github: GitHub, inputs: Partial<PullRequestInputs> = {}, on: Partial<Runner> = {}) =>
    observePullRequest(github, { ...usual, ...common, ...inputs }, { ...place, ...on }, PATHS, [])
  return {
    repository,
    token,
    connect: open,
    observe: (github = open()) => look(github),
    run: async (proposal, inputs, on) => publish(await look(open(), inputs, on), proposal),
    calls: () =>
      fake.calls
        .filter(call => call.token === token)
        .map(call => `${call.method} ${call.path.replace(`/repos/octo/${name}`, '').replace(/\?.*/, '')}`)
  }
}

/** A pull request for the default branch, with everything else as the documented defaults have it. */
function pullRequest(token: string, repository: RepositoryName): PullRequestInputs {
  const { mode } = inputsOf({ token }, { repository, ref: '' })
  if (mode.kind !== 'pull-request') throw new Error(`the default is \`mode: ${mode.kind}\``)
  return mode
}

export const NEVER: Deadline = startDeadline(60)

/**
 * A lock, and what is told about it.
 * @param lock what tells it from other locks of the same inputs
 * @param decided what stands for the environment files' content
 */
export function propose(lock: string, decided = 'same inputs'): Proposal {
  const file = (path: string, content: string) => ({ path, content: Buffer.from(content) })
  return {
    files: [
      file('NBenvironment.yml', `# ${decided}\n`),
      file('conda-lock.yml', `lock: ${lock}\n`),
      file('locks/conda-linux-64.lock', `# ${lock}\n`)
    ],
    inputFiles: [file('environment.yml', ENVIRONMENT)],
    metadata: { [INPUTS_HASH]: `hash of ${decided}` },
    images: { '.': { hashes: { 'conda-lock.yml': `hash of ${decided}` }, inputs: {}, files: [] } },
    report: () => `Report on ${lock}.`
  }
}

/** The locks that open pull requests have, each as whole: text, memory and branch agree. */
export async function openLocks(repository: Repository): Promise<string[]> {
  const open = (await repository.pulls()).filter(pull => pull.state === 'open')
  return Promise.all(
    open.map(async ({ body, head }) => {
      const lock = /^Report on (.*)\.$/m.exec(body)?.[1] ?? 'unknown'
      const files = await Promise.all(
        ['conda-lock.yml', 'locks/conda-linux-64.lock'].map(path => repository.read(path, head.ref))
      )
      const agree = files[0] === `lock: ${lock}\n` && files[1] === `# ${lock}\n`
      const remembers = parseMarker(body)?.commit === (await repository.head(head.ref))
      return agree && remembers ? lock : `${lock}, mixed with ${files.join('')} (${remembers ? 'own' : 'other'} commit)`
    })
  )
}
