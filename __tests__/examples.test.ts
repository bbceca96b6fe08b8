import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { INPUTS } from '../src/inputs-table.js'
import { installAct, runAct, type ActRequest } from './support/act.js'
import { ROOT, startRunner, type RunnerMachine } from './support/action.js'
import { buildChannel, serveDirectory, type FileServer } from './support/channel.js'
import { startGitHub, type FakeGitHub, type Repository } from './support/github.js'

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly Step[]; readonly permissions?: Workflow['permissions'] }>
  >
}

const EXAMPLE = join(ROOT, 'examples', 'nightly.yml')
const ACTION = 'conda-lock-sync/conda-lock-sync'

async function readWorkflow(path: string): Promise<Workflow> {
  return parse(await readFile(path, 'utf8')) as Workflow
}

function stepsOf(workflow: Workflow): Step[] {
  return Object.values(workflow.jobs).flatMap(job => job.steps)
}

describe('the workflow to copy', () => {
  let folder: string
  let github: FakeGitHub
  let upstream: Repository
  let repository: Repository
  let channels: FileServer
  let machine: RunnerMachine

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'examples-'))
    const packages = ['python', 'pip', 'pangeo-notebook', 'xarray', 'dask', 'sunpy', 'aiapy']
    await buildChannel(
      join(folder, 'channels', 'conda-forge'),
      packages.map(name => ({ name, version: '3.12' }))
    )
    channels = await serveDirectory(join(folder, 'channels'))
    machine = await startRunner()
    github = await startGitHub()
    upstream = await github.addRepository('pangeo-data/pangeo-docker-images', {
      'base-notebook/environment.yml': environment('python=3.12', 'pangeo-notebook'),
      'pangeo-notebook/environment.yml': environment('xarray')
    })
    repository = await github.addRepository('example-org/helio', { 'environment.yml': environment('sunpy') })
  })

  afterEach(async () => {
    await Promise.all([github.close(), channels.close(), machine.close()])
    await rm(folder, { recursive: true })
  })

  function environment(...dependencies: string[]): string {
    return `channels: [conda-forge]\ndependencies: [${dependencies.join(', ')}]\n`
  }

  /**
   * The actions that the workflow uses, as folders: this one is what the sources build, except that conda-forge lives on
   * loopback by default; the others are stand-ins, because act would fetch them.
   */
  async function standIns(example = EXAMPLE): Promise<Record<string, string>> {
    const own = join(folder, 'action')
    for (const part of ['dist', 'solver']) await cp(join(ROOT, part), join(own, part), { recursive: true })
    const definition = await readFile(join(ROOT, 'action.yml'), 'utf8')
    await writeFile(join(own, 'action.yml'), definition.replace('https://conda.anaconda.org', channels.url))
    const folders: Readonly<Record<string, string>> = {
      [ACTION]: own,
      'actions/checkout': await standIn('checkout', 'cp -R "$CHECKOUT/." "$GITHUB_WORKSPACE"'),
      'actions/setup-python': await standIn('setup-python', 'python3 --version'),
      'actions/upload-artifact': await standIn('upload-artifact', 'cp -R "$PLACE" "$ARTIFACTS/$NAME"'),
      'actions/download-artifact': await standIn('download-artifact', 'cp -R "$ARTIFACTS" "$PLACE"')
    }
    const used = stepsOf(await readWorkflow(example)).map(step => step.uses ?? '')
    return Object.fromEntries(used.map(uses => [uses, folders[uses.replace(/@.*/, '')] ?? '']))
  }

  async function standIn(name: string, command: string): Promise<string> {
    const path = join(folder, name)
    const env = { NAME: '${{ inputs.name }}', PLACE: '${{ inputs.path }}' }
    const step = { run: command, shell: 'bash', env }
    const inputs = { name: { default: '' }, path: { default: '' }, pattern: { default: '' } }
    await mkdir(path)
    await writeFile(
      join(path, 'action.yml'),
      JSON.stringify({ name, inputs, runs: { using: 'composite', steps: [step] } })
    )
    return path
  }

  test('opens a pull request at night, updates it after a push, and leaves it alone when started by hand', async () => {
    const { on, permissions } = await readWorkflow(EXAMPLE)
    expect(Object.keys(on).sort()).toEqual(['push', 'schedule', 'workflow_dispatch'])
    // What the workflow asks for is all that its token may do.
    github.addToken('token-of-the-run', permissions, [repository.fullName])
    const program = await installAct()
    const actions = await standIns()
    const start = async (event: ActRequest['event']): Promise<string> => {
      await machine.checkout(repository, 'main')
      return runAct(program, {
        event,
        workflow: EXAMPLE,
        repository: repository.fullName,
        token: 'token-of-the-run',
        environment: { GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url, CHECKOUT: machine.workspace },
        actions
      })
    }

    expect(await start('schedule')).toContain('Opened pull request #1: 5 added')
    await repository.commit({ 'environment.yml': environment('sunpy', 'aiapy') })
    expect(await start('push')).toContain('Updated pull request #1: 6 added')
    expect(await start('workflow_dispatch')).toContain('Nothing new for pull request #1')

    const [pull, ...others] = await repository.pulls()
    expect(others).toEqual([])
    expect(pull?.base.ref).toBe('main')
    const proposed = await repository.files('conda-lock-sync')
    expect(proposed).toEqual(
      ['BNenvironment.yml', 'NBenvironment.yml', 'conda-linux-64.lock', 'conda-lock.yml', 'environment.yml'].sort()
    )
    expect(await repository.read('NBenvironment.yml', 'conda-lock-sync')).toBe(
      await upstream.read('pangeo-notebook/environment.yml')
    )
  })

  test('of several images locks each in a job of its own, and opens one pull request though one of them fails', async () => {
    const example = join(ROOT, 'examples', 'images.yml')
    const images = await github.addRepository('example-org/images', {
      'images/notebook/environment.yml': environment('sunpy'),
      'images/worker/environment.yml': environment('no-such-package')
    })
    const { permissions = {} } = (await readWorkflow(example)).jobs.publish ?? {}
    github.addToken('token-of-the-run', permissions, [images.fullName])
    const artifacts = join(folder, 'artifacts')
    await mkdir(artifacts)
    await machine.checkout(images, 'main')

    const printed = await runAct(await installAct(), {
      event: 'schedule',
      workflow: example,
      repository: images.fullName,
      token: 'token-of-the-run',
      environment: {
        ...{ GITHUB_API_URL: github.url, GITHUB_SERVER_URL: github.url },
        ...{ CHECKOUT: machine.workspace, ARTIFACTS: artifacts }
      },
      actions: await standIns(example)
    }).catch(String)

    expect(printed).toContain('error title=Locking')
    expect(printed).toContain('Opened pull request #1 of 2 images, 1 of which failed: 2 added')
    const [pull, ...others] = await images.pulls()
    expect(others).toEqual([])
    expect(pull?.body).toContain('`images/worker` could not be locked')
    expect(await images.read('images/notebook/conda-lock.yml', 'conda-lock-sync')).toContain('sunpy')
    expect(await images.read('images/worker/conda-lock.yml', 'conda-lock-sync')).toBeUndefined()
  })
})

describe('workflows', () => {
  async function workflowFiles(): Promise<string[]> {
    const folders = ['examples', '.github/workflows']
    const names = folders.map(async folder => (await readdir(join(ROOT, folder))).map(name => join(ROOT, folder, name)))
    return (await Promise.all(names)).flat().filter(path => path.endsWith('.yml') && !path.endsWith('environment.yml'))
  }

  test('the one to copy is in the README, word for word', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    expect(readme).toContain(`\`\`\`yaml\n${await readFile(EXAMPLE, 'utf8')}\`\`\``)
  })

  test('pin every action by its SHA, say which version that is, and say what they may do', async () => {
    const files = await workflowFiles()
    expect(files).toContain(EXAMPLE)
    for (const path of files) {
      const text = await readFile(path, 'utf8')
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, name = '']) => name).filter(name => name !== './')
      for (const name of uses) expect(name).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+(?:\.\d+\.\d+)?$/)
      expect((await readWorkflow(path)).permissions).toBeDefined()
    }
  })

  test('give this action only inputs that it has', async () => {
    const steps = (await Promise.all((await workflowFiles()).map(readWorkflow))).flatMap(stepsOf)
    const own = steps.filter(({ uses = '' }) => uses === './' || uses.startsWith(`${ACTION}@`))
    expect(own.length).toBeGreaterThan(0)
    for (const name of own.flatMap(step => Object.keys(step.with ?? {}))) expect(Object.keys(INPUTS)).toContain(name)
  })
})
