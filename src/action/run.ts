import { getInput, setSecret, warning } from '@actions/core'
import { messageOf, SyncError } from '../common/errors.js'
import { oneLine } from '../common/sentences.js'
import { connect } from '../github/client.js'
import { describeSources, readImages } from '../inputs/images.js'
import type { Inputs } from '../inputs/inputs.js'
import type { Settings } from '../inputs/settings.js'
import { TOKEN_INPUTS } from '../inputs/table.js'
import { closeFailureIssue, openFailureIssue } from '../publish/failure-issue.js'
import { startDeadline, within } from '../runner/deadline.js'
import { log, logIfFolded, withoutCommands } from '../runner/log.js'
import { proxyPasswords } from '../runner/proxy.js'
import { readRunner, type Runner } from '../runner/runner.js'
import { readSettings } from '../sync/settings.js'
import { syncImages } from '../sync/several.js'
import { aboutRun } from './about.js'
import { problemsOf, reportFailure } from './annotations.js'
import { ENDS, endingOf, type EndName } from './ends.js'
import { listImages, reportFailed, reportOutcome, reportProblem } from './outputs.js'

/** Runs the action as the runner starts it, and gives the exit code. */
export async function run(solverFolder: string): Promise<number> {
  const given = await readGiven(solverFolder)
  if (given === undefined) return 1
  const { inputs, images, runner, folders } = given
  if (inputs.mode.kind === 'images') {
    listImages(folders)
    return 0
  }
  try {
    const outcome = await syncImages(images, { runner, solverFolder, dryRun: false })
    await reportOutcome(outcome)
    if (outcome.kind !== 'up-to-date') logSeconds(outcome.seconds)
    const { name, problem } = endingOf(outcome)
    if (problem !== undefined && ENDS[name].exitCode !== 0) {
      reportFailure(problem)
      reportProblem(problem)
    }
    await updateFailureIssue(inputs, runner, name, problem)
    return ENDS[name].exitCode
  } catch (error) {
    reportFailure(error)
    reportFailed(error)
    await updateFailureIssue(inputs, runner, 'failed', error)
    return ENDS.failed.exitCode
  }
}

/** What a run works with. */
interface GivenRun {
  /** The inputs of each image that the run is for. */
  readonly images: readonly Inputs[]
  /** Those of the first, for what they all have in common. */
  readonly inputs: Inputs
  /** The folders of all images of the repository. */
  readonly folders: readonly string[]
  readonly runner: Runner
}

/** Reads the inputs, the settings file and what the runner says; undefined if that fails, which is reported. */
async function readGiven(solverFolder: string): Promise<GivenRun | undefined> {
  try {
    maskTokens()
    const runner = readRunner(process.env)
    const settings = await readOpenly(runner, solverFolder)
    if (settings !== undefined) log(describeSources(getInput, settings))
    const images = readImages(getInput, settings, runner)
    const [inputs] = images
    if (inputs === undefined) throw new Error('a run without an image')
    forgetTokens()
    return { images, inputs, folders: [...(settings?.images.keys() ?? [])], runner }
  } catch (error) {
    reportFailure(error)
    reportFailed(error)
    return undefined
  }
}

/** Reads the settings, and tells first of all what a diagnosis needs to know, also of a settings file that is wrong. */
async function readOpenly(runner: Runner, solverFolder: string): Promise<Settings | undefined> {
  let settings: Settings | undefined
  try {
    settings = await readSettings(getInput, runner)
    return settings
  } finally {
    const facts = { given: getInput, settings, runner, environment: process.env, solverFolder }
    logIfFolded('About this run', await aboutRun(facts))
  }
}

/** Prints where the time went, such as `Seconds: toolchain 0.1, import 2.4, lock 1.2`. */
function logSeconds(seconds: Readonly<Record<string, number>>): void {
  const parts = Object.entries(seconds).map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
  if (parts.length > 0) log(`Seconds: ${parts.join(', ')}`)
}

/** Minutes that the issue may take after the end of the run, whose own time may be up. */
const ISSUE_MINUTES = 2

/** Opens, updates or closes the issue of `report-failures`. A problem with that is a warning: it must not hide how the run ended. */
async function updateFailureIssue(
  { mode, lockfile }: Inputs,
  runner: Runner,
  name: EndName,
  problem: unknown
): Promise<void> {
  const { issue } = ENDS[name]
  if (!('reportFailures' in mode) || !mode.reportFailures || issue === 'stays' || issue === 'none') return
  const deadline = startDeadline(ISSUE_MINUTES)
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  const repository = { github, ...mode.repository, repositoryId: undefined }
  const subject = { lockfile, base: mode.base === runner.defaultBranch ? undefined : mode.base }
  try {
    await within(deadline, () =>
      issue === 'closes'
        ? closeFailureIssue(repository, subject, runner.runUrl)
        : openFailureIssue(repository, subject, { problems: problemsOf(problem), runUrl: runner.runUrl })
    )
  } catch (error) {
    const hint = error instanceof SyncError ? ` ${error.hint}` : ''
    warning(withoutCommands(`The issue about failing runs is not up to date. ${oneLine(messageOf(error))}${hint}`))
  }
}

/** Masks the tokens, and the passwords of proxies, before anything is read or printed. */
function maskTokens(): void {
  const secrets = [...TOKEN_INPUTS.map(name => getInput(name)), ...proxyPasswords(process.env)]
  for (const secret of secrets) if (secret !== '') setSecret(secret)
}

/** Removes the tokens from the environment before any other program starts: @actions/cache hands it on to tar. */
function forgetTokens(): void {
  for (const name of TOKEN_INPUTS) Reflect.deleteProperty(process.env, `INPUT_${name.toUpperCase()}`)
}
