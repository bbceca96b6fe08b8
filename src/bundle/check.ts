import type { EnvironmentFiles } from '../environment/files.js'
import { inputsHash } from '../environment/inputs-hash.js'
import { changedInputs, madeFrom } from '../environment/made-from.js'
import { parseEnvironment, type Environment } from '../environment/parse.js'
import { parseVirtualPackages } from '../environment/virtual-packages.js'
import type { Inputs } from '../inputs/inputs.js'
import { firstTwice } from '../inputs/paths.js'
import { makeCompanions } from '../lock/companion.js'
import { checkOrigins } from '../lock/origins.js'
import { copiesOf, localName } from '../lock/plan.js'
import { checkLocks, renderedFor } from '../lock/verify.js'
import { findDifferences, tellDifferences } from '../lockfile/agreement.js'
import { parseExplicitLock } from '../lockfile/explicit.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import { forPlatform, type Platform } from '../lockfile/platforms.js'
import { channelsAllowed, checkPolicy } from '../upstream/policy.js'
import type { DesiredFile, RepositoryFile } from '../common/files.js'
import { lockPaths, type Bundle, type ExplicitLock } from './bundle.js'
import type { UnpackedBundle } from './unpack.js'
import { checkExplicitText, checkVersion } from './lockfiles.js'
import type { Manifest } from './manifest.js'

/** What this job's own inputs say, so that a bundle does not decide it. */
export interface Expectation extends Pick<Inputs, 'channelAlias' | 'allowedChannels' | 'policyOn'> {
  /** The GitHubs that upstream may be on, such as `https://github.com`: reviewers follow links there. */
  readonly servers: readonly string[]
}

/**
 * Holds the files of a bundle against each other and against what this job expects: whatever can be checked without a solve.
 * @throws Error with one sentence that says what is not as it must be
 */
export function checkBundle({ manifest, inputs, files }: UnpackedBundle, expectation: Expectation): Bundle {
  checkPaths(manifest)
  const { settings, solve, upstream, named } = manifest
  if (upstream && !expectation.servers.some(server => upstream.url === `${server}/${upstream.repository}`)) {
    throw new Error(
      `upstream is said to be at ${upstream.url}, and this job knows only ${expectation.servers.join(', ')}`
    )
  }
  const unified = parseUnifiedLock(textOf(files, settings.lockfile))
  const explicit = solve.platforms.map((platform): ExplicitLock => {
    const path = forPlatform(settings.explicitLockfile, platform)
    return { platform, path, packages: parseExplicitLock(textOf(files, path), platform) }
  })
  for (const { path } of explicit) checkExplicitText(path, textOf(files, path))
  checkLocks({ unified, explicit: new Map(explicit.map(lock => [lock.platform, lock.packages])) }, solve.platforms)
  for (const { platform, path, packages } of explicit) {
    const differences = findDifferences(renderedFor(platform, unified), packages)
    if (differences.length > 0) throw new Error(tellDifferences(differences, path, settings.lockfile))
  }
  unified.packages.forEach(checkVersion)
  checkCompanions(files, unified, manifest)
  const fetched = upstream && {
    ...upstream,
    files: upstream.files.map(file => ({ ...file, content: contentOf(files, file.local) }))
  }
  const [own, virtual] = [inputs.slice(0, settings.environmentFiles.length), inputs[settings.environmentFiles.length]]
  checkVirtualPackages(virtual, solve)
  const environments = { upstream: parseAll(copiesOf(fetched), manifest), own: parseAll(own, manifest) }
  checkSources(unified, environments, manifest, expectation)
  return {
    layout: settings,
    solveSettings: solve,
    inputFiles: inputs,
    files,
    upstream: fetched,
    unified,
    explicit,
    named: new Map(Object.entries(named)),
    upstreamVersions: manifest.upstreamVersions,
    overlaps: manifest.overlaps,
    unused: manifest.unused,
    condaNames: manifest.condaNames,
    steered: manifest.steered,
    tools: manifest.tools,
    tables: manifest.tables,
    seconds: manifest.seconds
  }
}

/** A bundle may write the copies of upstream's files and its lockfiles, and nothing besides. */
function checkPaths({ settings, solve, inputs, files, upstream }: Manifest): void {
  const own = inputs.map(({ path }) => path)
  const environments = solve.virtualPackages === undefined ? own : own.slice(0, -1)
  if (environments.join('\n') !== settings.environmentFiles.join('\n')) {
    throw new Error(
      '`inputs` are not the files that `settings.environmentFiles` names, and then that of `solve.virtualPackages`'
    )
  }
  const wanted = [...(upstream?.files.map(({ local }) => local) ?? []), ...lockPaths(settings, solve.platforms)]
  const paths = files.map(({ path }) => path)
  const odd = paths.find(path => !wanted.includes(path))
  if (odd !== undefined) throw new Error(`\`${odd}\` is neither a copy of an upstream file nor a lockfile`)
  const twice = firstTwice([...own, ...paths])
  if (twice !== undefined) throw new Error(`\`${twice}\` is named twice`)
}

function parseAll(files: readonly RepositoryFile[], { solve }: Manifest): Environment[] {
  return files.map(({ path, content }) => parseEnvironment({ file: path, fix: '' }, content, solve.platforms))
}

function checkVirtualPackages(
  file: RepositoryFile | undefined,
  { virtualPackages, platforms }: Manifest['solve']
): void {
  const packages = file && parseVirtualPackages(file, platforms).packages
  if (JSON.stringify(packages) !== JSON.stringify(virtualPackages)) {
    throw new Error('`solve.virtualPackages` are not those of the file')
  }
}

/** What only pip can install is in the lockfile already. */
function checkCompanions(files: readonly DesiredFile[], unified: UnifiedLock, { settings, solve }: Manifest): void {
  for (const { path, text } of makeCompanions(unified, { ...settings, platforms: solve.platforms })) {
    const content = files.find(file => file.path === path)?.content
    if ((content && Buffer.from(content).toString('utf8')) !== text) {
      throw new Error(`\`${path}\` does not have the pip packages of \`${settings.lockfile}\``)
    }
  }
}

/** Checks what a lock was made from: by its hash, by the policy on upstream's files, and by where its packages come from. */
function checkSources(
  unified: UnifiedLock,
  files: EnvironmentFiles,
  { settings, solve }: Manifest,
  { channelAlias, allowedChannels, policyOn }: Expectation
): void {
  const policy = { allowedChannels, policyOn, channelAlias }
  if (unified.custom[INPUTS_HASH] !== inputsHash([...files.upstream, ...files.own], solve)) {
    throw new Error(`\`${settings.lockfile}\` was made from other environment files or settings than the bundle's`)
  }
  const named = [...files.upstream, ...files.own].map(each => [localName(settings, each.file), each] as const)
  if (changedInputs(unified.custom, madeFrom(named, solve)).length > 0) {
    throw new Error(`\`${settings.lockfile}\` remembers other environment files or settings than the bundle's`)
  }
  if (solve.channelAlias !== channelAlias) {
    throw new Error(`it was locked with the \`channel-alias\` ${solve.channelAlias}, and this job has ${channelAlias}`)
  }
  checkPolicy(files, undefined, policy)
  const trusted = policy.policyOn === 'all' ? [] : files.own
  const channels = [
    ...trusted.flatMap(environment => channelsOf(environment, solve.platforms)),
    ...files.upstream.flatMap(environment => environment.channels),
    ...channelsAllowed(files, policy)
  ]
  // The channels that a lockfile itself lists prove nothing.
  const origins = {
    channels: channels.filter(channel => channel !== 'nodefaults'),
    channelAlias,
    baseUrls: [],
    previous: undefined
  }
  checkOrigins({ ...unified, channels: [] }, origins)
}

/** The channels that an environment file names: at its head, and in specs like `CHANNEL::NAME` and `NAME[channel=CHANNEL]`. */
function channelsOf(environment: Environment, platforms: readonly Platform[]): string[] {
  const specs = platforms.flatMap(platform => environment.dependencies(platform))
  const inSpecs = specs.flatMap(spec => {
    if (typeof spec !== 'string') return []
    const channel = /^\s*(\S+?)::/.exec(spec)?.[1] ?? /\bchannel\s*=\s*['"]?([^\s'",\]]+)/.exec(spec)?.[1]
    return channel === undefined ? [] : [channel.replace(/\/(?:noarch|(?:linux|osx|win)-\w+)$/, '')]
  })
  return [...environment.channels, ...inSpecs]
}

function contentOf(files: readonly DesiredFile[], path: string): Uint8Array {
  const content = files.find(file => file.path === path)?.content
  if (content === undefined) throw new Error(`it has no content for \`${path}\``)
  return content
}

function textOf(files: readonly DesiredFile[], path: string): string {
  return Buffer.from(contentOf(files, path)).toString('utf8')
}
