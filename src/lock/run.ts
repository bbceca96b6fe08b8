import { mkdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { exists } from '../common/exists.js'
import { inMergeOrder } from '../environment/files.js'
import type { Environment } from '../environment/parse.js'
import { pypiName } from '../environment/pypi-name.js'
import { parseSpecs, type Specs } from '../environment/specs.js'
import { readWanted } from '../environment/wanted.js'
import type { Inputs } from '../inputs/inputs.js'
import { writeTo } from '../runner/disk.js'
import type { CondaLock } from '../toolchain/conda-lock.js'
import { repodataFolder } from '../toolchain/kept.js'
import { channelCredentials } from './credentials.js'
import {
  EXPLICIT_NAME,
  parseLockAnswer,
  readExplicit,
  renderSeconds,
  type LockOutput,
  type ReadBack
} from './output.js'
import type { Plan } from './plan.js'
import { categoriesOf, cooldownsOf, packagesToBuild, preferredOf, steeringOf, type LockRequest } from './request.js'
import { parseSolves, type SolveReport } from './solver-report.js'

/** conda-lock at work on one plan in a scratch folder. Nothing in the repository changes. */
export interface LockRun {
  readonly condaLock: CondaLock
  readonly folders: LockFolders
  /** Variables that the addresses of private channels name. */
  readonly credentials: Readonly<Record<string, string>>
}

interface LockFolders {
  /** Laid out like the repository, with the environment files in it. */
  readonly work: string
  /** The working directory in it. */
  readonly directory: string
  readonly explicit: string
  readonly readBack: string
}

/** Lays the environment files out like the repository, so that the lockfile names its sources as it would there. */
export async function openRun(
  plan: Plan,
  { workingDirectory }: Pick<Inputs, 'workingDirectory'>,
  condaLock: CondaLock
): Promise<LockRun> {
  const { scratch } = condaLock
  const work = join(scratch, 'work')
  const folders = {
    work,
    directory: join(work, workingDirectory),
    explicit: join(scratch, 'explicit'),
    readBack: join(scratch, 'read-back')
  }
  await Promise.all(
    [folders.directory, folders.explicit, folders.readBack].map(path => mkdir(path, { recursive: true }))
  )
  const { virtualPackages } = plan.own
  for (const file of [...plan.files, ...(virtualPackages === undefined ? [] : [virtualPackages.file])]) {
    await writeTo(join(work, file.path), file.content)
  }
  return { condaLock, folders, credentials: channelCredentials(plan.environments.own, process.env) }
}

/** Reads what the environment files ask for, by conda-lock's own parser. */
export async function readSpecs(
  { condaLock, folders }: LockRun,
  { files, environments }: Plan,
  { workingDirectory, platforms }: Pick<Inputs, 'workingDirectory' | 'platforms'>
): Promise<Specs> {
  const answer = await condaLock.driver.request('specs', {
    directory: folders.directory,
    files: files.map(file => posix.relative(workingDirectory, file.path)),
    platforms
  })
  return parseSpecs(answer, inMergeOrder(environments), platforms)
}

/**
 * Has the built-in solver get what it will read of the channels, while conda-lock is being loaded, and does not wait for it.
 * What cannot be fetched is told by the lock. A channel whose address names variables is not asked before that either.
 * @param environments in the order of the merge
 * @param channels as the environment files name them
 */
export async function fetchEarly(
  { condaLock }: LockRun,
  environments: readonly Environment[],
  channels: readonly string[],
  inputs: Pick<Inputs, 'platforms' | 'channelAlias'>
): Promise<void> {
  const known = channels.filter(channel => channel !== 'nodefaults' && !channel.includes('$'))
  if (known.length === 0) return
  const wanted = readWanted(environments, inputs.platforms)
  const specs = wanted
    .filter(({ manager, name }) => manager === 'conda' && name !== '')
    .map(({ name, version }) => `${name} ${version}`.trim())
  await condaLock.driver.request('fetch', {
    channels: known,
    platforms: inputs.platforms,
    specs: [...new Set(specs)],
    environment: channelEnvironment(inputs, condaLock)
  })
}

/** The file in which the built-in solver says how its solves went. */
export function solverReport({ condaLock }: LockRun): string {
  return join(condaLock.scratch, 'solver-report.jsonl')
}

/** What the built-in solver says of its solves; nothing, if another conda was at work. */
export async function readSolves(run: LockRun): Promise<SolveReport[]> {
  return parseSolves((await exists(solverReport(run))) ? await readFile(solverReport(run), 'utf8') : '')
}

/** The file that has what conda-lock printed. */
export function condaLockLog({ condaLock }: LockRun): string {
  return join(condaLock.scratch, 'conda-lock.log')
}

/**
 * Runs conda-lock once.
 * @throws DriverError when conda-lock fails
 */
export async function runCondaLock(request: LockRequest, run: LockRun): Promise<LockOutput> {
  const { plan, inputs } = request
  const { condaLock, folders } = run
  const { steering, platforms } = inputs
  const { lookup } = plan.own
  const local = (path: string) => posix.relative(inputs.workingDirectory, path)
  const answer = await condaLock.driver.request('lock', {
    directory: folders.directory,
    files: plan.files.map(file => local(file.path)),
    platforms,
    categories: categoriesOf(plan),
    lockfile: local(inputs.lockfile),
    explicit: join(folders.explicit, EXPLICIT_NAME),
    conda: inputs.condaExecutable,
    metadata: plan.metadata,
    build: {
      names: packagesToBuild(inputs).map(pypiName),
      files: plan.own.environments.map(file => local(file.path))
    },
    virtual_packages: steering.virtualPackages && local(steering.virtualPackages),
    cuda: steering.cuda,
    lookup: lookup?.file,
    ...cooldownsOf(request),
    pip: preferredOf(request),
    environment: await condaEnvironment(request, run)
  })
  return {
    lockfile: await readFile(join(folders.work, inputs.lockfile), 'utf8'),
    explicit: await readExplicit(platforms, folders.explicit),
    ...parseLockAnswer(answer)
  }
}

/**
 * Lets conda-lock read the lockfile that it has written.
 * @throws DriverError when it does not
 */
export async function readBack(
  { plan, inputs }: LockRequest,
  { condaLock, folders }: Pick<LockRun, 'condaLock' | 'folders'>
): Promise<ReadBack> {
  const answer = await condaLock.driver.request('render', {
    platforms: inputs.platforms,
    categories: categoriesOf(plan),
    lockfile: join(folders.work, inputs.lockfile),
    explicit: join(folders.readBack, EXPLICIT_NAME)
  })
  return { explicit: await readExplicit(inputs.platforms, folders.readBack), seconds: renderSeconds(answer) }
}

async function condaEnvironment(request: LockRequest, run: LockRun): Promise<Record<string, string>> {
  const { channelAlias } = request.inputs
  const { scratch } = run.condaLock
  return {
    ...run.credentials,
    ...channelEnvironment(request.inputs, run.condaLock),
    MAMBA_CHANNEL_ALIAS: channelAlias,
    // Poetry keeps what it has read of a package for good, by the address of the index.
    POETRY_CACHE_DIR: join(scratch, 'poetry'),
    RATTLER_CONDA_REPORT: solverReport(run),
    RATTLER_CONDA_STEERING: await writeSteering(request, scratch)
  }
}

function channelEnvironment(
  { channelAlias }: Pick<Inputs, 'channelAlias'>,
  { cache }: Pick<CondaLock, 'cache'>
): Record<string, string> {
  return { CONDA_CHANNEL_ALIAS: channelAlias, RATTLER_CONDA_CACHE: repodataFolder(cache) }
}

async function writeSteering(request: LockRequest, scratch: string): Promise<string> {
  const path = join(scratch, 'steering.json')
  await writeTo(path, JSON.stringify(steeringOf(request)))
  return path
}
