import { isAbsolute, posix, resolve } from 'node:path'
import { parseCutoff, type Cutoff } from './cutoff.js'
import { SyncError } from './errors.js'
import { INPUTS, type InputDescription, type InputName } from './inputs-table.js'
import { parseRepositoryName, type RepositoryName, type Runner } from './runner.js'

/** Platforms that conda-lock has virtual packages for (its default-virtual-packages.yaml). */
export const PLATFORMS = ['linux-64', 'linux-aarch64', 'linux-ppc64le', 'osx-64', 'osx-arm64', 'win-64'] as const
export type Platform = (typeof PLATFORMS)[number]

/** A file of the upstream repository and the local copy of it, relative to the root of this repository. */
export interface UpstreamFile {
  readonly path: string
  readonly local: string
}

export interface UpstreamInputs {
  readonly repository: RepositoryName
  /** Undefined means the default branch. */
  readonly ref: string | undefined
  readonly files: readonly UpstreamFile[]
  readonly apiUrl: string
  readonly token: string | undefined
}

export interface PullRequestInputs {
  readonly token: string
  readonly repository: RepositoryName
  readonly base: string | undefined
  readonly branch: string | undefined
  readonly title: string
  readonly commitMessage: string
  readonly labels: readonly string[]
  readonly assignees: readonly string[]
  readonly reviewers: readonly string[]
  readonly teamReviewers: readonly string[]
  readonly draft: boolean
  readonly autoMerge: AutoMerge | undefined
  /** Whether commits of others on the head branch may be replaced. */
  readonly overwrite: boolean
  /** File names of workflows to start on the head branch. */
  readonly dispatchWorkflows: readonly string[]
  readonly reportFailures: boolean
}

/** How GitHub merges a pull request by itself. */
export const AUTO_MERGES = ['merge', 'squash', 'rebase'] as const
export type AutoMerge = (typeof AUTO_MERGES)[number]

/** Where bundles are, and which there must be. */
export interface BundleInputs {
  /** Absolute paths of bundles, or of folders that hold some. */
  readonly folders: readonly string[]
  /** Working directories; none means whatever there is. */
  readonly images: readonly string[]
  /** Whether the others are published when one is missing. */
  readonly partial: boolean
}

export interface CommitInputs {
  readonly token: string
  readonly repository: RepositoryName
  readonly branch: string
  readonly message: string
  /** Undefined: the run locks itself. */
  readonly bundles: BundleInputs | undefined
}

/** What is done with a lock, and where it comes from. */
export type Mode =
  | { readonly kind: 'files' }
  | { readonly kind: 'check' }
  | {
      readonly kind: 'lock'
      /** Absolute path. */
      readonly folder: string
    }
  | ({ readonly kind: 'pull-request' } & PullRequestInputs)
  | ({ readonly kind: 'publish'; readonly bundles: BundleInputs } & PullRequestInputs)
  | ({ readonly kind: 'commit' } & CommitInputs)

/** Every mode, as people write it. */
export const MODES = [
  'pull-request',
  'lock',
  'publish',
  'commit',
  'check',
  'files'
] as const satisfies readonly Mode['kind'][]

/** What the solve depends on besides the environment files and the channels. */
export interface SteeringInputs {
  readonly update: 'all' | 'minimal'
  readonly excludeNewer: Cutoff | undefined
  /** conda's names, in lower case. */
  readonly exempt: readonly string[]
  /** Path of a file. */
  readonly virtualPackages: string | undefined
  /** A version, or `none`. */
  readonly cuda: string | undefined
}

/** When to solve: always, or only when the inputs have changed or the lock is so many days old. */
export type Relock = { readonly kind: 'always' } | { readonly kind: 'if-inputs-changed'; readonly days: number }

/** All inputs, validated. Every path is relative to the root of the repository, with forward slashes. */
export interface Inputs {
  readonly upstream: UpstreamInputs
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
  readonly platforms: readonly Platform[]
  readonly workingDirectory: string
  /** Names of packages that have to be the same on Dask's client, scheduler and workers. */
  readonly sameVersion: readonly string[]
  readonly channelAlias: string
  readonly condaExecutable: string | undefined
  readonly steering: SteeringInputs
  readonly python: string
  readonly relock: Relock
  /** The command of the trial install, if there is to be one. */
  readonly trialCommand: readonly string[] | undefined
  readonly mode: Mode
  readonly timeoutMinutes: number
}

/** A file name of one platform. */
export function forPlatform(template: string, platform: string): string {
  return template.replaceAll('{platform}', platform)
}

/**
 * Validates the action's inputs.
 * @param read gives the raw text of an input; unset and empty are the same
 * @throws SyncError of kind `input`, naming the input
 */
export function parseInputs(read: (name: InputName) => string, runner: Runner): Inputs {
  const get = (name: InputName): string | undefined => {
    const description: InputDescription = INPUTS[name]
    const text = read(name).trim()
    // A default in `${{ }}` is filled in by the runner; without a runner there is no such value.
    const fallback = description.default?.startsWith('${{') === true ? undefined : description.default
    return text === '' ? fallback : text
  }
  const required = (name: InputName): string => get(name) ?? fail(name, '', 'is empty')
  const directory = repositoryPath('working-directory', '.', get('working-directory') ?? '.')
  const files = (name: InputName) => paths(name, directory, lines(required(name)))
  const inputs: Inputs = {
    upstream: {
      repository: repositoryName('upstream-repository', required('upstream-repository')),
      ref: optionalRef('upstream-ref', get('upstream-ref')),
      files: upstreamFiles(directory, required('upstream-files')),
      ...upstreamAccess(get, runner)
    },
    environmentFiles: files('environment-files'),
    allowedChannels: optionalLines(get('allowed-channels')),
    policyOn: oneOf('policy-on', required('policy-on'), ['upstream', 'all']),
    onOverlap: oneOf('on-overlap', required('on-overlap'), ['warn', 'error']),
    lockfile: repositoryPath('lockfile', directory, required('lockfile')),
    explicitLockfile: repositoryPath('explicit-lockfile', directory, required('explicit-lockfile')),
    pipRequirements: repositoryPath('pip-requirements', directory, required('pip-requirements')),
    pypiLookupFile: optionalPath('pypi-lookup-file', directory, get('pypi-lookup-file')),
    platforms: platforms(required('platforms')),
    workingDirectory: directory,
    sameVersion: [...new Set(lines(required('same-version')).map(name => name.toLowerCase()))],
    channelAlias: httpUrl('channel-alias', required('channel-alias')),
    condaExecutable: get('conda-executable'),
    steering: steering(get, required, directory),
    python: required('python'),
    relock: relock(required('relock')),
    trialCommand:
      oneOf('trial-install', required('trial-install'), ['true', 'false']) === 'true'
        ? lines(required('trial-command'))
        : undefined,
    mode: mode(get, required, runner),
    timeoutMinutes: minutes(required('timeout'))
  }
  checkTogether(inputs)
  return inputs
}

function fail(name: InputName, value: string, problem: string, hint?: string): never {
  const shown = value === '' ? '' : ` \`${value}\``
  throw new SyncError('input', `Input \`${name}\`:${shown} ${problem}.`, {
    hint: hint ?? `Correct \`${name}\` in the \`with:\` block of the workflow. ${INPUTS[name].description}`
  })
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
}

function optionalLines(text: string | undefined): string[] | undefined {
  return text === undefined ? undefined : lines(text)
}

function oneOf<T extends string>(name: InputName, text: string, values: readonly T[]): T {
  return values.find(value => value === text) ?? fail(name, text, `is not one of ${values.join(', ')}`)
}

function repositoryName(name: InputName, text: string): RepositoryName {
  return parseRepositoryName(text) ?? fail(name, text, 'is not of the form OWNER/REPO')
}

/** A path in the repository: relative, inside it, without the parts that mean something to a shell or to git. */
function repositoryPath(name: InputName, directory: string, text: string): string {
  if (isAbsolute(text) || text.includes('\\') || hasControlCharacter(text))
    fail(name, text, 'is not a relative path with forward slashes')
  const path = posix.normalize(posix.join(directory, text)).replace(/(?<=.)\/$/, '')
  if (path === '..' || path.startsWith('../')) fail(name, text, 'is outside the repository')
  if (path.split('/').some(part => part.toLowerCase() === '.git')) fail(name, text, "is in git's own folder")
  if (name !== 'working-directory' && path === directory) fail(name, text, 'is a folder, not a file')
  return path
}

function optionalPath(name: InputName, directory: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : repositoryPath(name, directory, text)
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function paths(name: InputName, directory: string, texts: readonly string[]): string[] {
  const result = texts.map(text => repositoryPath(name, directory, text))
  const twice = result.find((path, index) => result.indexOf(path) !== index)
  if (twice !== undefined) fail(name, twice, 'is named twice')
  return result
}

function upstreamFiles(directory: string, text: string): UpstreamFile[] {
  const files = lines(text).map(line => {
    const match = /^(\S.*?)\s*:\s+(\S.*)$/.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) {
      return fail('upstream-files', line, 'is not of the form `path: local-file`')
    }
    return {
      path: repositoryPath('upstream-files', '.', match[1]),
      local: repositoryPath('upstream-files', directory, match[2])
    }
  })
  const twice = files.find((file, index) => files.findIndex(other => other.local === file.local) !== index)
  if (twice !== undefined) fail('upstream-files', twice.local, 'is named twice as a local file')
  return files
}

function platforms(text: string): Platform[] {
  const known = new Map<string, Platform>(PLATFORMS.map(platform => [platform, platform]))
  const result = lines(text).map(
    line => known.get(line) ?? fail('platforms', line, `is not one of ${PLATFORMS.join(', ')}`)
  )
  return [...new Set(result)]
}

function httpUrl(name: InputName, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') fail(name, text, 'is not an http(s) address')
  return text.replace(/\/+$/, '')
}

function minutes(text: string): number {
  const value = Number(text)
  return Number.isFinite(value) && value > 0 && value <= 360
    ? value
    : fail('timeout', text, 'is not a number of minutes between 0 and 360')
}

function relock(text: string): Relock {
  if (text === 'always') return { kind: 'always' }
  if (text === 'if-inputs-changed') return { kind: 'if-inputs-changed', days: Infinity }
  return /^[1-9]\d{0,3}$/.test(text)
    ? { kind: 'if-inputs-changed', days: Number(text) }
    : fail('relock', text, 'is neither `always` nor `if-inputs-changed` nor a number of days')
}

/**
 * @see https://git-scm.com/docs/git-check-ref-format
 */
function optionalRef(name: InputName, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bad =
    /[\s~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock$|\/\./.test(text) || text === '@' || hasControlCharacter(text)
  return bad ? fail(name, text, 'is not a valid name of a branch, tag or commit') : text
}

function steering(get: Get, required: (name: InputName) => string, directory: string): SteeringInputs {
  const excludeNewer = get('exclude-newer')
  const virtualPackages = get('virtual-packages')
  const cuda = get('cuda')
  if (cuda !== undefined && !/^(?:none|\d+(?:\.\d+)*)$/.test(cuda)) {
    fail('cuda', cuda, 'is neither a version such as `12.4` nor `none`')
  }
  return {
    update: oneOf('update', required('update'), ['all', 'minimal']),
    excludeNewer: excludeNewer === undefined ? undefined : cutoff(excludeNewer),
    exempt: lines(get('exclude-newer-exempt') ?? '').map(packageName),
    virtualPackages:
      virtualPackages === undefined ? undefined : repositoryPath('virtual-packages', directory, virtualPackages),
    cuda
  }
}

function cutoff(text: string): Cutoff {
  return (
    parseCutoff(text) ??
    fail('exclude-newer', text, 'is neither a date such as `2025-09-24` nor an age such as `3d`, `12h` or `2w`')
  )
}

function packageName(text: string): string {
  return /^[\w.-]+$/.test(text)
    ? text.toLowerCase()
    : fail('exclude-newer-exempt', text, 'is not the name of a package')
}

type Get = (name: InputName) => string | undefined

function upstreamAccess(get: Get, runner: Runner): Pick<UpstreamInputs, 'apiUrl' | 'token'> {
  const given = get('upstream-api-url')
  const isEnterpriseServer = new URL(runner.apiUrl).pathname.startsWith('/api/v3')
  const apiUrl =
    given === undefined
      ? isEnterpriseServer
        ? 'https://api.github.com'
        : runner.apiUrl
      : httpUrl('upstream-api-url', given)
  const sameHost = new URL(apiUrl).origin === new URL(runner.apiUrl).origin
  return { apiUrl, token: get('upstream-token') ?? (sameHost ? get('token') : undefined) }
}

function mode(get: Get, required: (name: InputName) => string, runner: Runner): Mode {
  const kind = oneOf('mode', required('mode'), MODES)
  switch (kind) {
    case 'files':
    case 'check':
      return { kind }
    case 'lock':
      return { kind, folder: resolve(runner.workspace, required('bundle')) }
    case 'pull-request':
      return { kind, ...pullRequest(get, required, runner) }
    case 'publish':
      return {
        kind,
        ...pullRequest(get, required, runner),
        bundles: bundles(required('bundles'), get, required, runner)
      }
    case 'commit': {
      const given = get('bundles')
      return {
        kind,
        ...access(get, runner),
        branch: optionalRef('branch', get('branch')) ?? branchOf(runner.ref) ?? noBranch(runner.ref),
        message: required('commit-message'),
        bundles: given === undefined ? undefined : bundles(given, get, required, runner)
      }
    }
  }
}

function noBranch(ref: string): never {
  const hint = 'Name the branch to commit to as `branch`; for a pull request it is `${{ github.head_ref }}`.'
  return fail('branch', '', `is empty, and the run is not on a branch but on \`${ref}\``, hint)
}

function bundles(folders: string, get: Get, required: (name: InputName) => string, runner: Runner): BundleInputs {
  return {
    folders: lines(folders).map(folder => resolve(runner.workspace, folder)),
    images: images(get('images') ?? ''),
    partial: flag('publish-partial', required('publish-partial'))
  }
}

function images(text: string): string[] {
  return [...new Set(lines(text).map(line => (line === '.' ? line : repositoryPath('images', '.', line))))]
}

function access(get: Get, runner: Runner): { token: string; repository: RepositoryName } {
  const token =
    get('token') ??
    fail(
      'token',
      '',
      'is empty, and without a token nothing can be published',
      "Leave `token` out to use the workflow's own token, or pass one: `token: ${{ secrets.NAME }}`; with `mode: files` none is needed."
    )
  if (runner.repository === undefined) {
    throw new SyncError('input', 'GITHUB_REPOSITORY does not name a repository.', {
      hint: 'Run this in a GitHub workflow, or use `mode: files`.'
    })
  }
  return { token, repository: runner.repository }
}

function pullRequest(get: Get, required: (name: InputName) => string, runner: Runner): PullRequestInputs {
  return {
    ...access(get, runner),
    base: optionalRef('base', get('base')) ?? branchOf(runner.ref),
    branch: optionalRef('branch', get('branch')),
    title: required('title'),
    commitMessage: required('commit-message'),
    labels: lines(get('labels') ?? ''),
    assignees: lines(get('assignees') ?? ''),
    reviewers: lines(get('reviewers') ?? ''),
    teamReviewers: lines(get('team-reviewers') ?? ''),
    draft: flag('draft', required('draft')),
    autoMerge: autoMerge(get('auto-merge')),
    overwrite: flag('overwrite', required('overwrite')),
    dispatchWorkflows: lines(get('dispatch-workflows') ?? '').map(workflowFile),
    reportFailures: flag('report-failures', required('report-failures'))
  }
}

function flag(name: InputName, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return fail(name, text, 'is neither `true` nor `false`')
}

function autoMerge(text: string | undefined): AutoMerge | undefined {
  if (text === undefined) return undefined
  return (
    AUTO_MERGES.find(method => method === text) ?? fail('auto-merge', text, `is not one of ${AUTO_MERGES.join(', ')}`)
  )
}

function workflowFile(text: string): string {
  return /^[\w.-]+\.ya?ml$/.test(text)
    ? text
    : fail('dispatch-workflows', text, 'is not the name of a workflow file, such as `ci.yml`')
}

function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined
}

function checkTemplate(name: InputName, template: string, platforms: readonly Platform[]): void {
  if (platforms.length > 1 && !template.includes('{platform}')) {
    fail(name, template, 'needs `{platform}` in its name, because there are several platforms')
  }
  if (/\{(?!platform\})|(?<!\{platform)\}/.test(template)) {
    fail(name, template, 'may hold no braces but those of `{platform}`')
  }
}

function checkTogether(inputs: Inputs): void {
  checkTemplate('explicit-lockfile', inputs.explicitLockfile, inputs.platforms)
  checkTemplate('pip-requirements', inputs.pipRequirements, inputs.platforms)
  if (/\.ya?ml$/.test(inputs.explicitLockfile)) {
    fail('explicit-lockfile', inputs.explicitLockfile, 'ends in .yml, which conda-lock takes for an environment file')
  }
  checkSteering(inputs)
  const written = [
    ...inputs.upstream.files.map(file => file.local),
    inputs.lockfile,
    ...inputs.platforms.map(platform => forPlatform(inputs.explicitLockfile, platform)),
    ...inputs.platforms.map(platform => forPlatform(inputs.pipRequirements, platform))
  ]
  const virtual = inputs.steering.virtualPackages
  const all = [...inputs.environmentFiles, ...written, ...(virtual === undefined ? [] : [virtual])]
  const clash = all.find((path, index) => all.indexOf(path) !== index)
  if (clash !== undefined) {
    throw new SyncError('input', `\`${clash}\` is the name of two different files in the inputs.`, {
      hint: 'Give each of upstream-files, environment-files, lockfile, explicit-lockfile and pip-requirements a name of its own.'
    })
  }
}

function checkSteering({
  condaExecutable,
  steering: { update, excludeNewer, exempt, virtualPackages, cuda }
}: Inputs): void {
  const onlyBuiltIn = 'works with the built-in solver only: leave out either this or `conda-executable`'
  if (condaExecutable !== undefined && update === 'minimal') fail('update', update, onlyBuiltIn)
  if (condaExecutable !== undefined && excludeNewer !== undefined) {
    fail('exclude-newer', excludeNewer.text, onlyBuiltIn)
  }
  if (exempt[0] !== undefined && excludeNewer === undefined) {
    fail('exclude-newer-exempt', exempt[0], 'has no effect without `exclude-newer`')
  }
  if (cuda !== undefined && virtualPackages !== undefined) {
    fail(
      'cuda',
      cuda,
      'cannot be combined with `virtual-packages`: write `__cuda` into that file, or leave one of them out'
    )
  }
}
