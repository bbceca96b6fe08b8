/**
 * What a workflow finds when `act` runs it here, where nothing can be fetched: this action as built, except that
 * conda-forge lives on loopback by default, and stand-ins for GitHub's own actions and its command line `gh`.
 */
import { build } from 'esbuild'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { ROOT } from './action.js'

/** This action as the examples name it. */
export const ACTION = 'conda-lock-sync/conda-lock-sync'

/**
 * The expression for a job's token. GitHub gives each job a token with the permissions of the job, act gives all the same
 * one; with the job's name at its end the fake GitHub can tell them apart.
 */
const JOB_TOKEN = "${{ format('{0}-{1}', github.token, github.job) }}"

/** Puts that expression in the place of the usual one. */
export function withJobTokens(text: string): string {
  return text.replaceAll('${{ github.token }}', JOB_TOKEN)
}

/** act does not know which job of a matrix it runs; of two images this does. */
export function withJobIndex(text: string): string {
  const isSecond = 'matrix.image == fromJSON(needs.images.outputs.images)[1]'
  return text.replaceAll('${{ strategy.job-index }}', `\${{ ${isSecond} && '1' || '0' }}`)
}

export interface StandIns {
  /** Folders of actions, by `OWNER/REPO`. */
  readonly actions: Readonly<Record<string, string>>
  /** A folder with programs, for PATH. */
  readonly programs: string
  close(): Promise<void>
}

interface Definition {
  readonly inputs: Record<string, object>
}

/** @param channelAlias where the channels are that an environment file names */
export async function makeStandIns(channelAlias: string): Promise<StandIns> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-ins-'))
  const own = join(folder, 'own')
  for (const part of ['dist', 'solver']) await cp(join(ROOT, part), join(own, part), { recursive: true })
  const definition = parse(withJobTokens(await readFile(join(ROOT, 'action.yml'), 'utf8'))) as Definition
  definition.inputs['channel-alias'] = { default: channelAlias }
  await writeFile(join(own, 'action.yml'), stringify(definition))
  await bundle(['checkout', 'gh'], folder)
  await addProgram(join(folder, 'programs'), 'gh', join(folder, 'gh', 'index.mjs'))
  const checkout = { inputs: described({ ref: '', token: JOB_TOKEN }), runs: { using: 'node24', main: 'index.mjs' } }
  const definitions = {
    checkout,
    'setup-python': composite('python3 --version', {}),
    'upload-artifact': composite(`python3 '${ARTIFACT}' upload`, ARTIFACT_INPUTS),
    'create-github-app-token': { ...composite('true', APP_INPUTS), outputs: { token: { value: JOB_TOKEN } } },
    'download-artifact': composite(`python3 '${ARTIFACT}' download`, ARTIFACT_INPUTS)
  }
  for (const [name, definition] of Object.entries(definitions)) {
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'action.yml'), JSON.stringify({ name, ...definition }))
  }
  const actions = Object.keys(definitions).map(name => [`actions/${name}`, join(folder, name)] as const)
  return {
    actions: { [ACTION]: own, ...Object.fromEntries(actions) },
    programs: join(folder, 'programs'),
    close: () => rm(folder, { recursive: true, force: true })
  }
}

const SOURCES = join(ROOT, '__tests__', 'support', 'stand-ins')
const ARTIFACT = join(SOURCES, 'artifact.py')
/** An App's token is here that of the job. */
const APP_INPUTS = { 'app-id': '', 'private-key': '', 'permission-contents': '', 'permission-pull-requests': '' }
const ARTIFACT_INPUTS = { name: '', path: '', pattern: '', 'include-hidden-files': 'false' }

function described(defaults: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, { default: value }]))
}

/** An action that is one command, with its inputs in variables: they come from the workflow, like those of a real one. */
function composite(run: string, inputs: Readonly<Record<string, string>>) {
  const variables = Object.keys(inputs).map(name => [variable(name), `\${{ inputs.${name} }}`] as const)
  const steps = [{ run, shell: 'bash', env: Object.fromEntries(variables) }]
  return { inputs: described(inputs), runs: { using: 'composite', steps } }
}

function variable(input: string): string {
  return `INPUT_${input.toUpperCase().replaceAll('-', '_')}`
}

/** What is CommonJS among the dependencies expects these names, which an ES module does not have. */
const BANNER = `import { createRequire as toRequire } from 'node:module'
const require = toRequire(import.meta.url)
const __dirname = new URL('.', import.meta.url).pathname`

/** Makes of each source one file that needs no `node_modules`. */
async function bundle(names: readonly string[], folder: string): Promise<void> {
  await build({
    entryPoints: names.map(name => ({ in: join(SOURCES, `${name}.ts`), out: `${name}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: BANNER },
    logLevel: 'error'
  })
}

async function addProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder)
  await writeFile(join(folder, name), `#!/bin/sh\nexec node '${script}' "$@"\n`, { mode: 0o755 })
}
