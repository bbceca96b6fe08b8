import { getInput, setSecret, warning } from '@actions/core'
import { combine, messageOf, SyncError } from '../common/errors.js'
import { oneLine } from '../common/sentences.js'
import { connect } from '../github/client.js'
import { describeSources, readImages } from '../inputs/images.js'
import type { Inputs } from '../inputs/inputs.js'
import { closeFailureIssue, openFailureIssue } from '../publish/failure-issue.js'
import { startDeadline, within } from '../runner/deadline.js'
import { log, withoutCommands } from '../runner/log.js'
import { readRunner, type Runner } from '../runner/runner.js'
import type { Outcome } from '../sync/outcome.js'
import { readSettings } from '../sync/settings.js'
import { syncImages } from '../sync/several.js'
import { problemsOf, reportFailure } from './annotations.js'
import { listImages, reportOutcome } from './outputs.js'

/** Runs the action as the runner starts it, and gives the exit code. */
export async function run(solverFolder: string): Promise<number> {
  const given = await readGiven()
  if (given === undefined) return 1
  const { inputs, images, runner, folders } = given
  if (inputs.mode.kind === 'images') {
    listImages(folders)
    return 0
  }
  try {
    const outcome = await syncImages(images, { runner, solverFolder, dryRun: false })
    await reportOutcome(outcome)
    if (outcome.kind === 'compared') log(describeSeconds(outcome.seconds))
    refuseToBeGreen(outcome)
    // A superseded run has shown neither that locking works nor that it fails.
    if (outcome.delivery.operation !== 'superseded') await updateFailureIssue(inputs, runner, undefined)
    return 0
  } catch (error) {
    reportFailure(error)
    await updateFailureIssue(inputs, runner, error)
    return 1
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
async function readGiven(): Promise<GivenRun | undefined> {
  try {
    maskTokens()
    const runner = readRunner(process.env)
    const settings = await readSettings(getInput, runner)
    if (settings !== undefined) log(describeSources(getInput, settings))
    const images = readImages(getInput, settings, runner)
    const [inputs] = images
    if (inputs === undefined) throw new Error('a run without an image')
    forgetTokens()
    return { images, inputs, folders: [...(settings?.images.keys() ?? [])], runner }
  } catch (error) {
    reportFailure(error)
    return undefined
  }
}

/** @throws SyncError where a run that has come to its end must fail all the same */
function refuseToBeGreen(outcome: Outcome): void {
  const { delivery } = outcome
  if (outcome.kind === 'compared' && outcome.errors.length > 0) throw combine(outcome.errors)
  if (delivery.operation === 'blocked') {
    throw new SyncError('github', delivery.reason.message, { hint: delivery.reason.hint })
  }
  if (delivery.operation === 'checked' && delivery.problem !== undefined) {
    throw new SyncError('verify', delivery.problem, {
      hint: 'Lock again: run the workflow that locks, or `npx conda-lock-sync` in a checkout. The summary of the run has the comparison.'
    })
  }
}

/** The seconds of each stage, such as `Seconds: toolchain 0.1, import 2.4, lock 1.2`. */
function describeSeconds(seconds: Readonly<Record<string, number>>): string {
  return `Seconds: ${Object.entries(seconds)
    .map(([stage, value]) => `${stage} ${value.toFixed(1)}`)
    .join(', ')}`
}

/** Minutes that the issue may take after the end of the run, whose own time may be up. */
const ISSUE_MINUTES = 2

/** Opens, updates or closes the issue of `report-failures`. A problem with that is a warning: it must not hide how the run ended. */
async function updateFailureIssue({ mode, lockfile }: Inputs, runner: Runner, error: unknown): Promise<void> {
  if (!('reportFailures' in mode) || !mode.reportFailures) return
  const deadline = startDeadline(ISSUE_MINUTES)
  const github = connect({ apiUrl: runner.apiUrl, token: mode.token, deadline, log })
  const repository = { github, ...mode.repository, repositoryId: undefined }
  const subject = { lockfile, base: mode.base === runner.defaultBranch ? undefined : mode.base }
  try {
    await within(
      deadline,
      error === undefined
        ? closeFailureIssue(repository, subject, runner.runUrl)
        : openFailureIssue(repository, subject, { problems: problemsOf(error), runUrl: runner.runUrl })
    )
  } catch (problem) {
    const hint = problem instanceof SyncError ? ` ${problem.hint}` : ''
    warning(withoutCommands(`The issue about failing runs is not up to date. ${oneLine(messageOf(problem))}${hint}`))
  }
}

/** Masks the tokens before anything is read or printed. */
function maskTokens(): void {
  for (const token of [getInput('token'), getInput('upstream-token')]) if (token !== '') setSecret(token)
}

/** Removes the tokens from the environment before any other program starts: @actions/cache hands it on to tar. */
function forgetTokens(): void {
  delete process.env.INPUT_TOKEN
  delete process.env['INPUT_UPSTREAM-TOKEN']
}
