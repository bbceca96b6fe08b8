/** A repository before a run, and the run itself: all of the action but conda-lock and the runner's commands, in this process. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { endingOf } from '../../src/action/ends.js'
import { startDeadline } from '../../src/runner/deadline.js'
import { sync } from '../../src/sync/sync.js'
import { makeBundle, OWN, UPSTREAM, writeTo } from './bundles.js'
import type { FakeGitHub, Repository } from './github.js'
import { inputsOf, RUNNER, type Given } from './inputs.js'
import { lock, lockfileText } from './locks.js'
import { HEAD } from './publishing.js'
import { standInLock, type LockFault } from './stand-in-lock.js'
import { snapshot } from './world.js'

/** A lock, and a later one of the same inputs. */
const LOCKS = ['2025.2', '2025.3'].map(dask =>
  lock(`dask ${dask}: python\npython 3.12.1 0_cpython\nxarray 2025.1: python`)
)
const CI = 'on: [pull_request, workflow_dispatch]\n'

/** What a person has asked for on each pull request. */
const EXTRAS: Given = {
  labels: 'dependencies',
  assignees: 'alice',
  reviewers: 'bob',
  'team-reviewers': 'maintainers',
  'auto-merge': 'squash',
  'dispatch-workflows': 'ci.yml'
}

export interface Scene {
  readonly repository: Repository
  readonly workspace: string
  /** The tokens of the repository and of upstream's. */
  readonly tokens: readonly [string, string]
  /** The run that the scene is about. Gives how it ended. */
  run(fault?: LockFault): Promise<string>
  /** The text of all that people can see of it, without what differs from scene to scene. */
  state(): Promise<string>
  close(): Promise<void>
}

interface Kind {
  readonly inputs: Given
  /** What has happened before. */
  readonly before?: (stage: Stage) => Promise<unknown>
  /** The number of the lock that the run makes. */
  readonly lock: 0 | 1
}

interface Stage {
  readonly repository: Repository
  readonly folder: string
  readonly workspace: string
  run(lock: 0 | 1, fault?: LockFault): Promise<string>
}

/** Every kind of run. */
export const KINDS = {
  'first pull request': { inputs: EXTRAS, lock: 0 },
  update: { inputs: EXTRAS, before: stage => stage.run(0), lock: 1 },
  'quiet night': { inputs: EXTRAS, before: stage => stage.run(0), lock: 0 },
  closing: {
    inputs: {},
    before: async stage => {
      await stage.run(0)
      await stage.repository.commit(await written(stage))
    },
    lock: 0
  },
  "others' commits": {
    inputs: {},
    before: async stage => {
      await stage.run(0)
      await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
    },
    lock: 1
  },
  commit: { inputs: { mode: 'commit', branch: 'main' }, lock: 0 },
  publish: {
    inputs: { ...EXTRAS, mode: 'publish', bundles: 'bundles' },
    before: ({ workspace }) => writeTo(join(workspace, 'bundles', 'one'), makeBundle({ packages: packagesOf(0) })),
    lock: 0
  },
  lock: { inputs: { mode: 'lock', bundle: 'bundle' }, lock: 0 },
  check: {
    inputs: { mode: 'check' },
    before: async stage => {
      await stage.run(0)
      await put(stage.workspace, { 'environment.yml': OWN.replace('dask', 'dask, python') })
    },
    lock: 1
  }
} as const satisfies Readonly<Record<string, Kind>>

export type KindName = keyof typeof KINDS

let scenes = 0

/** Sets a scene, with a repository, an upstream and a workspace of its own. */
export async function setScene(fake: FakeGitHub, upstream: Repository, name: KindName): Promise<Scene> {
  const kind: Kind = KINDS[name]
  const number = ++scenes
  const own = `scene-${number}`
  const tokens = [`token-of-${own}`, `upstream-token-of-${own}`] as const
  const files = { 'environment.yml': OWN, '.github/workflows/ci.yml': CI }
  const repository = await fake.addRepository(`octo/${own}`, files)
  const write = { contents: 'write', 'pull-requests': 'write', issues: 'write', actions: 'write' } as const
  fake.addToken(tokens[0], write, [repository.fullName])
  fake.addToken(tokens[1], { contents: 'read' })
  const folder = await mkdtemp(join(tmpdir(), 'scene-'))
  const workspace = join(folder, 'workspace')
  await put(workspace, { 'environment.yml': OWN, '.git/HEAD': '' })
  const runner = {
    ...RUNNER,
    workspace,
    temp: folder,
    repository: { owner: 'octo', repo: own },
    apiUrl: fake.apiUrl,
    serverUrl: fake.url,
    runUrl: `${fake.url}/octo/${own}/actions/runs/1`
  }
  const run = async (mode: Given, index: 0 | 1, fault?: LockFault) => {
    const from = { 'upstream-repository': upstream.fullName, 'upstream-api-url': fake.apiUrl }
    const given = { token: tokens[0], 'upstream-token': tokens[1], ...from, ...mode }
    const inputs = inputsOf(given, runner)
    const condaLock = standInLock(packagesOf(index), fault)
    try {
      const job = { inputs, runner, deadline: startDeadline(10), condaLock, dryRun: false }
      return endingOf(await sync(job)).name
    } finally {
      await condaLock.close()
    }
  }
  const stage: Stage = {
    repository,
    folder,
    workspace,
    run: (index, fault) => run(name === 'check' ? { mode: 'files' } : kind.inputs, index, fault)
  }
  await kind.before?.(stage)
  return {
    repository,
    workspace,
    tokens,
    run: fault => run(kind.inputs, kind.lock, fault),
    state: async () => (await stateOf(stage)).replaceAll(own, 'scene'),
    close: () => rm(folder, { recursive: true, force: true })
  }
}

/** The upstream repository of all scenes. */
export async function addUpstream(fake: FakeGitHub): Promise<Repository> {
  return fake.addRepository('pangeo/images', {
    'pangeo-notebook/environment.yml': UPSTREAM,
    'pangeo-notebook/conda-lock.yml': lockfileText(packagesOf(0))
  })
}

function packagesOf(index: 0 | 1): readonly LockedPackage[] {
  return LOCKS[index] ?? []
}

const LOCK_PATHS = ['NBenvironment.yml', 'conda-lock.yml', 'conda-linux-64.lock']

/** What a run has written into the workspace. */
async function written({ workspace }: Stage): Promise<Record<string, Buffer>> {
  const files = Object.entries(await snapshot(workspace)).filter(([path]) => LOCK_PATHS.includes(path))
  return Object.fromEntries(files.map(([path, content]) => [path, Buffer.from(content, 'base64')]))
}

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function stateOf({ repository, workspace }: Stage): Promise<string> {
  const pulls = await repository.pulls()
  const comments = await Promise.all(pulls.map(({ number }) => repository.comments(number)))
  const branches = (await repository.branches()).sort()
  const trees = branches.map(async branch => {
    const paths = (await repository.files(branch)).sort()
    const texts = paths.map(async path => `${path}: ${(await repository.read(path, branch)) ?? ''}`)
    return [branch, ...(await Promise.all(texts))].join('\n')
  })
  const heads = pulls.map(({ head, ...rest }) => ({ ...rest, branch: head.ref }))
  const text = JSON.stringify({
    pulls: heads,
    comments,
    dispatches: repository.dispatches,
    issues: await repository.issues(),
    trees: await Promise.all(trees),
    workspace: await snapshot(workspace)
  })
  return text.replace(/\b(?:[0-9a-f]{40}|[0-9a-f]{7})\b/g, 'SHA').replace(/127\.0\.0\.1:\d+/g, 'HOST')
}
