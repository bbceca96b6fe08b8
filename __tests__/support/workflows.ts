/** Workflows as values, and a place where `act` runs them: a GitHub, a channel and an upstream on loopback. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { installAct, runAct, type ActRequest, type ActRun } from './act.js'
import { ROOT } from './action.js'
import { startGitHub, type FakeGitHub, type Repository } from './github.js'
import { makeStandIns, withJobIndex, withJobTokens } from './stand-ins.js'
import type { PackageSpec } from './channel.js'
import { CHANNEL, environment, PACKAGES, startChannel } from './world.js'

type Permissions = Readonly<Record<string, 'read' | 'write'>>

export interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string | boolean | number>>
}

export interface Job {
  readonly steps: readonly Step[]
  readonly permissions?: Permissions
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Permissions
  readonly jobs: Readonly<Record<string, Job>>
}

export function exampleNamed(name: string): string {
  return join(ROOT, 'examples', `${name}.yml`)
}

/** The settings file that the examples come with. */
export function settingsExample(): Promise<string> {
  return readFile(exampleNamed('settings'), 'utf8')
}

export async function readWorkflow(path: string): Promise<Workflow> {
  return parse(await readFile(path, 'utf8')) as Workflow
}

export function stepsOf(workflow: Workflow): Step[] {
  return Object.values(workflow.jobs).flatMap(job => job.steps)
}

/** A run of a workflow. */
interface WorkflowRun extends Pick<ActRequest, 'event' | 'payload'> {
  /** What its tokens are called after. */
  readonly name: string
  readonly text: string
  readonly repository: Repository
}

/** A run of one of the examples. */
export interface ExampleRun extends Omit<WorkflowRun, 'name' | 'text'> {
  readonly example: string
}

export interface Workplace {
  readonly github: FakeGitHub
  /** pangeo-data/pangeo-docker-images */
  readonly upstream: Repository
  /** The address of the channel that is called conda-forge. */
  readonly channel: string
  run(request: ExampleRun): Promise<ActRun>
  runWorkflow(request: WorkflowRun): Promise<ActRun>
  close(): Promise<void>
}

/** @param more packages that the channel has besides */
export async function startWorkplace(more: readonly PackageSpec[] = []): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'workflows-'))
  const packages = ['pangeo-notebook', 'sunpy', 'aiapy'].map(name => ({ name, version: '1.0' }))
  const [program, channel, github] = await Promise.all([
    installAct(),
    startChannel([...PACKAGES, ...packages, ...more]),
    startGitHub()
  ])
  const standIns = await makeStandIns(channel.alias)
  const upstream = await github.addRepository('pangeo-data/pangeo-docker-images', {
    'base-notebook/environment.yml': environment('python=3.11', 'pangeo-notebook'),
    'pangeo-notebook/environment.yml': environment('xarray')
  })
  const runWorkflow = async ({ name, text, repository, ...event }: WorkflowRun) => {
    const workflow = parse(text) as Workflow
    const token = `${name}-of-${basename(repository.fullName)}`
    for (const [job, { permissions }] of Object.entries(workflow.jobs)) {
      github.addToken(`${token}-${job}`, permissions ?? workflow.permissions, [repository.fullName])
    }
    const copy = join(folder, `${token}.yml`)
    await writeFile(copy, withJobIndex(withJobTokens(text)))
    const uses = stepsOf(workflow).flatMap(step => step.uses ?? [])
    return runAct(program, {
      ...event,
      workflow: copy,
      repository: repository.fullName,
      token,
      environment: { GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url },
      actions: Object.fromEntries(uses.map(used => [used, standIns.actions[used.replace(/@.*/, '')] ?? ''])),
      programs: standIns.programs
    })
  }
  return {
    github,
    upstream,
    channel: `${channel.alias}/${CHANNEL}`,
    runWorkflow,
    run: async ({ example, ...rest }) =>
      runWorkflow({ name: example, text: await readFile(exampleNamed(example), 'utf8'), ...rest }),
    close: async () => {
      await Promise.all([github.close(), channel.close(), standIns.close(), rm(folder, { recursive: true })])
    }
  }
}
