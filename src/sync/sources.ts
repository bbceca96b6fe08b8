import { lockPaths } from '../bundle/bundle.js'
import { startEarly } from '../common/early.js'
import { inputFiles, ownPaths, readOwnFiles } from '../environment/own-files.js'
import { connect, type GitHub } from '../github/client.js'
import { localCopies, type UpstreamInputs } from '../inputs/upstream.js'
import { makePlan, type KnownCopies, type Plan } from '../lock/plan.js'
import { previousFiles, type PreviousFiles } from '../lockfile/previous.js'
import { log, stage } from '../runner/log.js'
import { fetchUpstream, type Upstream } from '../upstream/fetch.js'
import { refuseOtherCheckout } from './checkout.js'
import type { Job } from './job.js'
import { observeGitHub, openPullOf, readPreviousContents, type Observation } from './observe.js'
import { asStored, refuseLfs, refusePointers, refuseSparse } from './stored-files.js'

/** The GitHub that has the upstream repository, and what is fetched from it. */
export interface UpstreamSource {
  readonly github: GitHub
  readonly inputs: UpstreamInputs
}

/** What a run works with before anything is locked. */
export interface Sources {
  readonly plan: Plan
  readonly observation: Observation
  readonly previous: PreviousFiles
  /** Where upstream's files were fetched from. */
  readonly upstreamSource: UpstreamSource | undefined
}

/**
 * Reads the repository's own files, upstream's at one commit, and what is on GitHub, and makes the plan.
 * @throws SyncError
 */
export async function readSources(job: Job): Promise<Sources> {
  const { inputs, runner, deadline } = job
  const written = [...localCopies(inputs.upstream), ...lockPaths(inputs)]
  await refuseSparse(runner.workspace, [...ownPaths(inputs), ...('token' in inputs.mode ? [] : written)])
  const own = await asStored(await readOwnFiles(inputs, runner.workspace), runner.workspace)
  const upstreamSource = inputs.upstream && {
    github: connect({ ...inputs.upstream, deadline, log }),
    inputs: inputs.upstream
  }
  const fetching = startEarly(fetchFrom(upstreamSource))
  const read = inputFiles(own).map(file => file.path)
  await refuseLfs(runner.workspace, [...read, ...written])
  const observation = await observeGitHub(job, { paths: [...read, ...written], failed: [] })
  await refuseOtherCheckout(inputFiles(own), observation, runner)
  const contents = await readPreviousContents(written, runner.workspace, observation)
  refusePointers(new Map([...inputFiles(own).map(({ path, content }) => [path, content] as const), ...contents]))
  const previous = previousFiles(contents, inputs.lockfile)
  const upstream = await fetching
  const plan = makePlan(inputs, upstream, own, knownCopies(previous, observation))
  return { plan, observation, previous, upstreamSource }
}

async function fetchFrom(source: UpstreamSource | undefined): Promise<Upstream | undefined> {
  if (source === undefined) return undefined
  const upstream = await stage('Fetching upstream', () => fetchUpstream(source.github, source.inputs))
  log(`Upstream: ${upstream.repository} at ${upstream.commit}.`)
  return upstream
}

/** The copies of upstream files that the base branch has, and those that the open pull request proposes. */
function knownCopies({ blobs, metadata }: PreviousFiles, observation: Observation): KnownCopies[] {
  const open = openPullOf(observation)
  return [
    { blobs, isProposed: false, metadata },
    ...(open === undefined ? [] : [{ blobs: open.blobs, isProposed: true, metadata: open.memory?.metadata ?? {} }])
  ]
}
