import { inMergeOrder } from '../../src/environment/files.js'
import type { PreviousLocks } from '../../src/lockfile/previous.js'
import type { Platform } from '../../src/lockfile/platforms.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { makeCompanions } from '../../src/lock/companion.js'
import { NO_STEERING } from '../../src/lock/steering.js'
import { mergeSpecs } from '../../src/environment/merge.js'
import type { Environment } from '../../src/environment/parse.js'
import type { Spec } from '../../src/environment/specs.js'
import { makePlan } from '../../src/lock/plan.js'
import type { ReportFacts } from '../../src/report/make.js'
import { replacedSpecs, namedPackages } from '../../src/environment/named.js'
import { readUpstreamLocks } from '../../src/upstream/locks.js'
import type { RepositoryFile } from '../../src/common/files.js'
import type { Upstream, UpstreamLock } from '../../src/upstream/fetch.js'
import { inputsOf, ownFiles, RUNNER, type Given } from './inputs.js'

/**
 * Packages of a lock, one a line: `[CHANNEL::]NAME VERSION [BUILD] [(PLATFORM …)] [: DEPENDENCY[SPEC] …]`. The build `pip`
 * makes it a pip package; without platforms it is locked on all of them.
 */
export function lock(text: string, platforms: readonly Platform[] = ['linux-64']): LockedPackage[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .flatMap(line => parseLine(line, platforms))
}

function parseLine(line: string, platforms: readonly Platform[]): LockedPackage[] {
  const match = /^(?:(\S+?)::)?(\S+) (\S+?)(?: ([^\s(:]+))?(?: \(([^)]*)\))?(?:: (.*))?$/.exec(line)
  if (match === null) throw new Error(`not a package: ${line}`)
  const [, channel = 'conda-forge', name = '', version = '', build = 'pyhd8ed1ab_0', only, depends = ''] = match
  const dependencies = Object.fromEntries(
    depends
      .split(' ')
      .filter(text => text !== '')
      .map(text => /^([\w.-]+)(.*)$/.exec(text)?.slice(1) ?? [text, ''])
      .map(([dependency = '', spec = '']) => [dependency, spec])
  )
  const at = only === undefined ? platforms : platforms.filter(platform => only.split(' ').includes(platform))
  return at.map(platform => lockedPackage({ platform, channel, name, version, build, dependencies }))
}

interface PackageFacts {
  readonly platform: string
  readonly channel: string
  readonly name: string
  readonly version: string
  readonly build: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** One package; a channel is a name on anaconda.org, or a URL. */
export function lockedPackage({
  platform,
  channel,
  name,
  version,
  build,
  dependencies = {}
}: PackageFacts): LockedPackage {
  const manager = build === 'pip' ? 'pip' : 'conda'
  const base = channel.includes('//') ? channel : `https://conda.anaconda.org/${channel}`
  const subdir = build.startsWith('py') && build.includes('hd') ? 'noarch' : platform
  const url =
    manager === 'pip'
      ? `https://files.pypi.example/packages/ab/cd/${name}-${version}-py3-none-any.whl`
      : `${base}/${subdir}/${name}-${version}-${build}.conda`
  const hash = `sha256:${Buffer.from(url).toString('hex').slice(-64).padStart(64, '0')}`
  const md5 = manager === 'pip' ? '' : hash.slice(-32)
  const shown = manager === 'pip' ? '' : build
  return { platform, manager, name, version, build: shown, url, hash, md5, dependencies, categories: ['main'] }
}

/** A change of lockfiles and environment files, as a run would come to know of it. */
export interface LockChange {
  readonly platforms?: readonly Platform[]
  /** Undefined: there is no lock yet. */
  readonly before: readonly LockedPackage[] | undefined
  readonly after: readonly LockedPackage[]
  /** Packages of the old explicit lockfiles, where they are not those of the old unified one. */
  readonly explicitBefore?: readonly LockedPackage[]
  readonly unreadable?: PreviousLocks['unreadable']
  /** Upstream's environment file before (undefined: no copy yet) and now. */
  readonly upstream?: { readonly before: string | undefined; readonly after: string }
  readonly own?: string
  /** What upstream's own lockfile holds: packages, or something that cannot be read. */
  readonly upstreamLock?: readonly LockedPackage[] | string
  readonly inputs?: Given
  /** What the old lock remembers of what it was made from: other inputs, or another upstream file; unless given, nothing. */
  readonly madeFrom?: { readonly inputs?: Given; readonly upstream?: string }
  /** Names in conda channels by those on PyPI. */
  readonly condaNames?: Readonly<Record<string, string>>
  /** Bytes by hash; none is known unless given. */
  readonly sizes?: ReadonlyMap<string, number>
  readonly repositories?: ReadonlyMap<string, string>
  readonly steered?: Partial<ReportFacts['bundle']['steered']>
  /** Whether any file changes; true unless given. */
  readonly changed?: boolean
  /** Undefined: not on a runner. */
  readonly runUrl?: string | undefined
}

const OLD_COMMIT = '1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0e'
/** The commit that upstream is at. */
export const COMMIT = 'fa9771018c6a5d2b3e4f5a6b7c8d9e0f1a2b3c4d'

const ENVIRONMENT = 'channels: [conda-forge]\ndependencies: []\n'

const PANGEO = {
  repository: 'pangeo-data/pangeo-docker-images',
  url: 'https://github.com/pangeo-data/pangeo-docker-images'
}

/** The facts that a run would make its report from. */
export function factsOf(change: LockChange): ReportFacts {
  const { platforms = ['linux-64'], upstream: texts = { before: ENVIRONMENT, after: ENVIRONMENT } } = change
  const inputs = inputsOf({ platforms: platforms.join('\n'), ...change.inputs })
  const [file] = inputs.upstream?.files ?? []
  const upstream = file && { ...PANGEO, commit: COMMIT, files: [{ ...file, content: Buffer.from(texts.after) }] }
  const own = [{ path: inputs.environmentFiles[0] ?? '', content: Buffer.from(change.own ?? ENVIRONMENT) }]
  const provenance: Record<string, string> =
    file === undefined ? {} : { [file.local]: `${PANGEO.repository}/${file.path}@${OLD_COMMIT}` }
  const plan = makePlan(inputs, upstream, ownFiles(own), [])
  const remembered = change.madeFrom === undefined ? {} : rememberedBy(change, own, upstream)
  const merge = mergeSpecs(specsOf(inMergeOrder(plan.environments), platforms))
  return {
    bundle: {
      layout: inputs,
      solveSettings: plan.solveSettings,
      inputFiles: own,
      files: makeCompanions(unified(change.after, provenance), inputs).map(({ path, text }) => ({
        path,
        content: text === undefined ? undefined : Buffer.from(text)
      })),
      upstream,
      upstreamVersions: readUpstreamLocks(upstreamLocks(change), inputs.sameVersion),
      unified: unified(change.after, { ...plan.metadata, ...provenance }),
      explicit: platforms.map(platform => ({
        platform,
        path: `conda-${platform}.lock`,
        packages: change.after.filter(entry => entry.platform === platform)
      })),
      named: namedPackages(merge),
      overlaps: replacedSpecs(merge),
      unused: [],
      condaNames: change.condaNames ?? {},
      sizes: change.sizes ?? new Map(),
      repositories: change.repositories ?? new Map(),
      steered: { ...NO_STEERING, update: inputs.steering.update, ...change.steered },
      tables: {},
      tools: ['conda-lock 4.0.3', 'py-rattler 0.28.0'],
      seconds: { lock: 6.24 }
    },
    links: inputs.links,
    audience: change.changed === false || inputs.mode.kind !== 'pull-request' ? 'owner' : 'reviewer',
    runner: { ...RUNNER, runUrl: 'runUrl' in change ? change.runUrl : RUNNER.runUrl },
    previous: {
      contents: new Map([
        ...(texts.before === undefined || file === undefined ? [] : [[file.local, Buffer.from(texts.before)] as const]),
        ...(change.unreadable === undefined && change.before === undefined
          ? []
          : [[inputs.lockfile, Buffer.from('')] as const])
      ]),
      unified: change.before === undefined ? undefined : unified(change.before, { ...remembered, ...provenance }),
      explicit: byPlatform(change.explicitBefore ?? change.before ?? []),
      unreadable: change.unreadable ?? []
    }
  }
}

function rememberedBy(
  { platforms = ['linux-64'], inputs, madeFrom }: LockChange,
  own: readonly RepositoryFile[],
  upstream: Upstream | undefined
): Readonly<Record<string, string>> {
  const then = inputsOf({ platforms: platforms.join('\n'), ...inputs, ...madeFrom?.inputs })
  const content = madeFrom?.upstream === undefined ? undefined : Buffer.from(madeFrom.upstream)
  const files = upstream?.files.map(file => ({ ...file, content: content ?? file.content })) ?? []
  return makePlan(then, upstream && { ...upstream, files }, ownFiles(own), []).metadata
}

/** What conda-lock's parser would make of simple specs. */
function specsOf(environments: readonly Environment[], platforms: readonly Platform[]): Spec[] {
  return environments.flatMap(environment =>
    platforms.flatMap(platform =>
      environment.dependencies(platform).flatMap(dependency => {
        const manager = typeof dependency === 'string' ? 'conda' : 'pip'
        const texts = typeof dependency === 'string' ? [dependency] : dependency.pip
        return texts.map(text => {
          const [, name = '', version = ''] = /^([\w.-]+)\s*([^]*)$/.exec(text) ?? []
          const place = {
            file: environment.file,
            line: 1,
            platform,
            place: [],
            category: 'main',
            form: 'name'
          } as const
          return {
            ...place,
            text,
            manager,
            name,
            version,
            build: '',
            channel: '',
            writtenChannel: '',
            unread: [],
            identity: text,
            implied: false
          }
        })
      })
    )
  )
}

function upstreamLocks({ upstreamLock }: LockChange): UpstreamLock[] {
  if (upstreamLock === undefined) return []
  const text = typeof upstreamLock === 'string' ? upstreamLock : lockfileText(upstreamLock)
  return [{ kind: 'fetched', path: 'pangeo-notebook/conda-lock.yml', content: Buffer.from(text) }]
}

function byPlatform(packages: readonly LockedPackage[]): Map<Platform, LockedPackage[]> {
  const result = new Map<Platform, LockedPackage[]>()
  for (const entry of packages) {
    const platform = entry.platform as Platform
    result.set(platform, [...(result.get(platform) ?? []), { ...entry, dependencies: {}, categories: [] }])
  }
  return result
}

function unified(packages: readonly LockedPackage[], custom: Readonly<Record<string, string>>) {
  const platforms = [...new Set(packages.map(entry => entry.platform))]
  return { platforms, channels: ['conda-forge'], sources: [], custom, packages }
}

/** A `conda-lock.yml`, written as JSON, which is YAML as well. */
export function lockfileText(packages: readonly LockedPackage[]): string {
  const { platforms, channels, sources } = unified(packages, {})
  return JSON.stringify({
    version: 1,
    metadata: { platforms, channels: channels.map(url => ({ url })), sources },
    package: packages.map(({ platform, manager, name, version, url, hash, md5, dependencies, categories }) => ({
      ...{ name, version, manager, platform, dependencies, url },
      hash: { sha256: hash.replace('sha256:', ''), ...(md5 === '' ? {} : { md5 }) },
      category: categories[0]
    }))
  })
}

/** An explicit lockfile. */
export function explicitText(packages: readonly LockedPackage[]): string {
  const line = ({ manager, name, url, hash }: LockedPackage) =>
    manager === 'pip' ? `# pip ${name} @ ${url}#${hash.replace(':', '=')}` : `${url}#${hash.slice(-32)}`
  return ['@EXPLICIT', ...packages.map(line), ''].join('\n')
}
