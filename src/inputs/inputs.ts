import { SyncError } from '../common/errors.js'
import { INPUTS, type InputName } from './table.js'
import { readMode, type Mode } from './mode.js'
import { environmentPaths, firstTwice, optionalPath, repositoryPath, workingDirectory } from './paths.js'
import { makeReader, oneOf, refuse, type InputReader } from './reader.js'
import { checkSteering, readSteering, type Steering } from './steering.js'
import { httpUrl } from './texts.js'
import { localCopies, readUpstream, type UpstreamInputs } from './upstream.js'
import { forPlatform, PLATFORMS, type Platform } from '../lockfile/platforms.js'
import type { Runner } from '../runner/runner.js'

/** When to solve: always, or only when the inputs have changed or the lock is so many days old. */
export type Relock = { readonly kind: 'always' } | { readonly kind: 'if-inputs-changed'; readonly days: number }

/** All inputs, validated. Every path is relative to the root of the repository, with forward slashes. */
export interface Inputs {
  /** Undefined: the repository's own files are locked alone. */
  readonly upstream: UpstreamInputs | undefined
  readonly environmentFiles: readonly string[]
  /** Undefined means conda-forge, nodefaults and those of the files that are trusted. */
  readonly allowedChannels: readonly string[] | undefined
  /** The files that are not trusted. */
  readonly policyOn: 'upstream' | 'all'
  readonly onOverlap: 'warn' | 'error'
  readonly lockfile: string
  /** May hold `{platform}`; see {@link forPlatform}. */
  readonly explicitLockfile: string
  /** May hold `{platform}`, like {@link explicitLockfile}. */
  readonly pipRequirements: string
  readonly pypiLookupFile: string | undefined
  /** Names of PyPI projects, as written. */
  readonly buildFromSource: readonly string[]
  readonly platforms: readonly Platform[]
  readonly workingDirectory: string
  /** Names of packages that have to be the same on Dask's client, scheduler and workers. */
  readonly sameVersion: readonly string[]
  readonly onDifferentVersions: 'warn' | 'error'
  readonly channelAlias: string
  readonly condaExecutable: string | undefined
  readonly steering: Steering
  readonly python: string
  readonly relock: Relock
  /** The command of the trial install, if there is to be one. */
  readonly trialCommand: readonly string[] | undefined
  readonly mode: Mode
  /** Whether other images are delivered when one has failed. */
  readonly partial: boolean
  /** Whether the report links packages to their pages. */
  readonly links: boolean
  readonly timeoutMinutes: number
}

/**
 * Validates the action's inputs.
 * @param read gives the raw text of an input; unset and empty are the same
 * @throws SyncError of kind `input`, naming the input
 */
export function parseInputs(read: (name: InputName) => string, runner: Runner): Inputs {
  const reader = makeReader(read)
  const { optional, required, lines, flag, choice } = reader
  const directory = workingDirectory(optional('working-directory'))
  const file = (name: InputName) => repositoryPath(name, directory, required(name))
  const steering = readSteering(reader, directory)
  const inputs: Inputs = {
    upstream: readUpstream(reader, directory, runner),
    environmentFiles: environmentPaths('environment-files', directory, lines('environment-files')),
    allowedChannels: optional('allowed-channels') === undefined ? undefined : lines('allowed-channels'),
    policyOn: choice('policy-on', INPUTS['policy-on'].values),
    onOverlap: choice('on-overlap', INPUTS['on-overlap'].values),
    lockfile: file('lockfile'),
    explicitLockfile: file('explicit-lockfile'),
    pipRequirements: file('pip-requirements'),
    pypiLookupFile: optionalPath('pypi-lookup-file', directory, optional('pypi-lookup-file')),
    buildFromSource: lines('build-from-source').map(projectName),
    platforms: [...new Set(lines('platforms').map(line => oneOf('platforms', line, PLATFORMS)))],
    workingDirectory: directory,
    sameVersion: [...new Set(lines('same-version').map(name => name.toLowerCase()))],
    onDifferentVersions: choice('on-different-versions', INPUTS['on-different-versions'].values),
    channelAlias: httpUrl('channel-alias', required('channel-alias')),
    condaExecutable: optional('conda-executable'),
    steering,
    python: required('python'),
    relock: steering.upgrade.length > 0 ? { kind: 'always' } : readRelock(reader),
    trialCommand: flag('trial-install') ? lines('trial-command') : undefined,
    mode: readMode(reader, runner),
    partial: flag('publish-partial'),
    links: choice('links', INPUTS.links.values) === 'packages',
    timeoutMinutes: readMinutes(reader)
  }
  checkTogether(inputs)
  return inputs
}

function projectName(text: string): string {
  return /^[a-z\d](?:[\w.-]*[a-z\d])?$/i.test(text)
    ? text
    : refuse('build-from-source', text, 'is not the name of a package on PyPI')
}

function readRelock({ required }: InputReader): Relock {
  const text = required('relock')
  if (text === 'always') return { kind: 'always' }
  if (text === 'if-inputs-changed') return { kind: 'if-inputs-changed', days: Infinity }
  return /^[1-9]\d{0,3}$/.test(text)
    ? { kind: 'if-inputs-changed', days: Number(text) }
    : refuse('relock', text, 'is neither `always` nor `if-inputs-changed` nor a number of days')
}

function readMinutes({ required }: InputReader): number {
  const text = required('timeout')
  const value = Number(text)
  return Number.isFinite(value) && value > 0 && value <= 360
    ? value
    : refuse('timeout', text, 'is not a number of minutes between 0 and 360')
}

function checkTogether(inputs: Inputs): void {
  checkTemplate('explicit-lockfile', inputs.explicitLockfile, inputs.platforms)
  checkTemplate('pip-requirements', inputs.pipRequirements, inputs.platforms)
  if (/\.ya?ml$/.test(inputs.explicitLockfile)) {
    refuse('explicit-lockfile', inputs.explicitLockfile, 'ends in .yml, which conda-lock takes for an environment file')
  }
  checkSteering(inputs.steering, inputs.condaExecutable)
  const clash = firstTwice(allPaths(inputs))
  if (clash !== undefined) {
    throw new SyncError('input', `\`${clash}\` is the name of two different files in the inputs.`, {
      hint: 'Give each of upstream-files, environment-files, lockfile, explicit-lockfile and pip-requirements a name of its own.'
    })
  }
}

function checkTemplate(name: InputName, template: string, platforms: readonly Platform[]): void {
  if (platforms.length > 1 && !template.includes('{platform}')) {
    refuse(name, template, 'needs `{platform}` in its name, because there are several platforms')
  }
  if (/\{(?!platform\})|(?<!\{platform)\}/.test(template)) {
    refuse(name, template, 'may hold no braces but those of `{platform}`')
  }
}

/** The paths of all files that are read or written. */
function allPaths({ environmentFiles, upstream, platforms, steering, ...inputs }: Inputs): string[] {
  return [
    ...environmentFiles,
    ...localCopies(upstream),
    inputs.lockfile,
    ...platforms.map(platform => forPlatform(inputs.explicitLockfile, platform)),
    ...platforms.map(platform => forPlatform(inputs.pipRequirements, platform)),
    ...(steering.virtualPackages === undefined ? [] : [steering.virtualPackages])
  ]
}
