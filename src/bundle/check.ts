import { inMergeOrder, type EnvironmentFiles } from '../environment/files.js'
import { inputsHash } from '../environment/inputs-hash.js'
import { changedInputs, madeFrom } from '../environment/made-from.js'
import { parseEnvironment, type Environment } from '../environment/parse.js'
import { parseVirtualPackages } from '../environment/virtual-packages.js'
import { readWanted } from '../environment/wanted.js'
import type { Inputs } from '../inputs/inputs.js'
import { firstTwice } from '../inputs/paths.js'
import { localCopies } from '../inputs/upstream.js'
import { makeCompanions } from '../lock/companion.js'
import { findLockProblems } from '../lock/checks.js'
import { namedChannels } from '../lock/origins.js'
import { copiesOf, localName } from '../lock/plan.js'
import { namesOnPypi } from '../lock/package-checks.js'
import type { VersionMatch } from '../lockfile/constraint.js'
import { parseExplicitLock, type ExplicitFile } from '../lockfile/explicit.js'
import { INPUTS_HASH, type NewLock } from '../lockfile/propose.js'
import { parseUnifiedLock, type UnifiedLock } from '../lockfile/unified.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { Upstream } from '../upstream/fetch.js'
import { checkPolicy } from '../upstream/policy.js'
import type { DesiredFile, FileContents, RepositoryFile } from '../common/files.js'
import { lockPaths, type Bundle } from './bundle.js'
import type { UnpackedBundle } from './unpack.js'
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
export function checkBundle(unpacked: UnpackedBundle, expectation: Expectation, meets: VersionMatch): Bundle {
  const { manifest, inputs, files } = unpacked
  const { settings, solve } = manifest
  checkPaths(manifest)
  checkServer(manifest, expectation)
  const lock = readLock(files, manifest)
  checkLeftovers(files, lock.unified, manifest)
  const upstream = readUpstream(files, manifest)
  const [own, virtual] = [inputs.slice(0, settings.environmentFiles.length), inputs[settings.environmentFiles.length]]
  checkVirtualPackages(virtual, solve)
  const environments = { upstream: parseAll(copiesOf(upstream), manifest), own: parseAll(own, manifest) }
  checkSources(lock.unified, environments, manifest, expectation)
  const facts = {
    ...lock,
    platforms: solve.platforms,
    contents: contentsOf(files),
    pipRequirements: settings.pipRequirements,
    wanted: readWanted(inMergeOrder(environments), solve.platforms),
    pypiNames: namesOnPypi(
      lock.unified.packages,
      new Map(Object.entries(manifest.condaNames).map(([project, name]) => [name, project]))
    ),
    origins: {
      channels: namedChannels(environments, solve.platforms, expectation),
      channelAlias: expectation.channelAlias,
      baseUrls: []
    },
    earlier: [],
    meets
  }
  const [problem] = findLockProblems(facts, 'publish')
  if (problem !== undefined) throw new Error(problem.message)
  return toBundle(unpacked, lock, upstream)
}

/** Reads the lockfiles of a bundle. */
function readLock(files: readonly DesiredFile[], { settings, solve }: Manifest): NewLock {
  const lockfile = { path: settings.lockfile, text: textOf(files, settings.lockfile) }
  const unified = parseUnifiedLock(lockfile.text)
  const explicit = solve.platforms.map((platform): ExplicitFile => {
    const path = forPlatform(settings.explicitLockfile, platform)
    const text = textOf(files, path)
    return { platform, path, text, packages: parseExplicitLock(text, platform) }
  })
  return { lockfile, unified, explicit }
}

/** Upstream's files, which are in the bundle as their copies. */
function readUpstream(files: readonly DesiredFile[], { upstream }: Manifest): Upstream | undefined {
  return (
    upstream && {
      ...upstream,
      files: upstream.files.map(file => ({ ...file, content: contentOf(files, file.local) }))
    }
  )
}

function toBundle(
  { manifest, inputs, files }: UnpackedBundle,
  { unified, explicit }: NewLock,
  upstream: Upstream | undefined
): Bundle {
  return {
    layout: manifest.settings,
    solveSettings: manifest.solve,
    inputFiles: inputs,
    files,
    upstream,
    unified,
    explicit: explicit.map(({ platform, path, packages }) => ({ platform, path, packages })),
    named: new Map(Object.entries(manifest.named)),
    upstreamVersions: manifest.upstreamVersions,
    overlaps: manifest.overlaps,
    unused: manifest.unused,
    condaNames: manifest.condaNames,
    steered: manifest.steered,
    sizes: new Map(Object.entries(manifest.sizes ?? {})),
    repositories: new Map(Object.entries(manifest.repositories ?? {})),
    tools: manifest.tools,
    tables: manifest.tables,
    seconds: manifest.seconds
  }
}

function checkServer({ upstream }: Manifest, { servers }: Expectation): void {
  if (upstream === undefined || servers.some(server => upstream.url === `${server}/${upstream.repository}`)) return
  throw new Error(`upstream is said to be at ${upstream.url}, and this job knows only ${servers.join(', ')}`)
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
  const wanted = [...localCopies(upstream), ...lockPaths(settings, solve.platforms)]
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

/** A requirements file for pip that nothing is in is none of the lock. */
function checkLeftovers(files: readonly DesiredFile[], unified: UnifiedLock, { settings, solve }: Manifest): void {
  const contents = contentsOf(files)
  for (const { path, text } of makeCompanions(unified, { ...settings, platforms: solve.platforms })) {
    if (text !== undefined || !contents.has(path)) continue
    throw new Error(`\`${path}\` does not have the pip packages of \`${settings.lockfile}\``)
  }
}

/** Checks what a lock was made from: by its hash, and by the policy on upstream's files. */
function checkSources(
  unified: UnifiedLock,
  files: EnvironmentFiles,
  { settings, solve }: Manifest,
  expectation: Expectation
): void {
  if (unified.custom[INPUTS_HASH] !== inputsHash([...files.upstream, ...files.own], solve)) {
    throw new Error(`\`${settings.lockfile}\` was made from other environment files or settings than the bundle's`)
  }
  const named = [...files.upstream, ...files.own].map(each => [localName(settings, each.file), each] as const)
  if (changedInputs(unified.custom, madeFrom(named, solve)).length > 0) {
    throw new Error(`\`${settings.lockfile}\` remembers other environment files or settings than the bundle's`)
  }
  const { channelAlias } = expectation
  if (solve.channelAlias !== channelAlias) {
    throw new Error(`it was locked with the \`channel-alias\` ${solve.channelAlias}, and this job has ${channelAlias}`)
  }
  checkPolicy(files, undefined, expectation)
}

function contentsOf(files: readonly DesiredFile[]): FileContents {
  return new Map(files.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content] as const])))
}

function contentOf(files: readonly DesiredFile[], path: string): Uint8Array {
  const content = files.find(file => file.path === path)?.content
  if (content === undefined) throw new Error(`it has no content for \`${path}\``)
  return content
}

function textOf(files: readonly DesiredFile[], path: string): string {
  return Buffer.from(contentOf(files, path)).toString('utf8')
}
