/** Bundles as `mode: lock` leaves them, without a solve: the files are made to fit each other. */
import type { Bundle } from '../../src/bundle/bundle.js'
import { writeBundle } from '../../src/bundle/write.js'
import { posix } from 'node:path'
import { inputsHash } from '../../src/environment/inputs-hash.js'
import { madeFrom } from '../../src/environment/made-from.js'
import { parseVirtualPackages } from '../../src/environment/virtual-packages.js'
import { parseEnvironment } from '../../src/environment/parse.js'
import { renderCompanion } from '../../src/lock/companion.js'
import { NO_STEERING, type SteeringResult } from '../../src/lock/steering.js'
import { parseExplicitLock } from '../../src/lockfile/explicit.js'
import { INPUTS_HASH, LOCKED_ON } from '../../src/lockfile/propose.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { parseUnifiedLock } from '../../src/lockfile/unified.js'
import { namesIn } from '../../src/environment/named.js'
import type { RepositoryFile } from '../../src/common/files.js'
import { COMMIT, explicitText, lock, lockfileText } from './locks.js'

export const ALIAS = 'https://conda.anaconda.org'
export const OWN = 'channels: [conda-forge]\ndependencies: [dask]\n'
export const UPSTREAM = 'channels: [conda-forge, nodefaults]\ndependencies: [xarray]\n'

export interface BundleOptions {
  /** Working directory; its files are in it. */
  readonly image?: string
  readonly packages?: readonly LockedPackage[]
  readonly own?: string
  readonly upstream?: string
  readonly commit?: string
  readonly alias?: string
  /** The file of virtual packages. */
  readonly virtual?: string
  readonly steered?: SteeringResult
  readonly sizes?: Bundle['sizes']
  readonly repositories?: Bundle['repositories']
  /** The day that the lockfile says it was made. */
  readonly lockedOn?: string
}

/** A bundle for linux-64. */
export function makeBundle({
  image = '.',
  packages = lock('dask 2025.2: python\npython 3.12.1\nxarray 2025.1: python'),
  own = OWN,
  upstream = UPSTREAM,
  commit = COMMIT,
  alias = ALIAS,
  virtual,
  steered = NO_STEERING,
  sizes = new Map(),
  repositories = new Map(),
  lockedOn = '2026-11-20'
}: BundleOptions = {}): Bundle {
  const at = placesIn(image)
  const virtualFiles = virtual === undefined ? [] : [{ path: at('virtual.yml'), content: Buffer.from(virtual) }]
  const [virtualPackages] = virtualFiles.map(file => parseVirtualPackages(file, ['linux-64']).packages)
  const platforms = ['linux-64'] as const
  const solve = { platforms, channelAlias: alias, lookup: undefined, solver: 'rattler', virtualPackages }
  const copy = { path: at('NBenvironment.yml'), content: Buffer.from(upstream) }
  const inputs = [{ path: at('environment.yml'), content: Buffer.from(own) }]
  const environments = [copy, ...inputs].map(({ path, content }) =>
    parseEnvironment({ file: path, fix: '' }, content, solve.platforms)
  )
  const lockfile = withMetadata(lockfileText(packages), {
    ...madeFrom(
      environments.map(environment => [posix.relative(image, environment.file), environment]),
      solve
    ),
    [INPUTS_HASH]: inputsHash(environments, solve),
    [LOCKED_ON]: lockedOn
  })
  const explicit = explicitText(packages)
  const pip = renderCompanion(
    packages.filter(({ manager }) => manager === 'pip'),
    at('conda-linux-64.pip.txt')
  )
  return {
    layout: settingsOf(image),
    solveSettings: solve,
    inputFiles: [...inputs, ...virtualFiles],
    files: [
      copy,
      { path: at('conda-lock.yml'), content: Buffer.from(lockfile) },
      { path: at('conda-linux-64.lock'), content: Buffer.from(explicit) },
      { path: at('conda-linux-64.pip.txt'), content: pip === undefined ? undefined : Buffer.from(pip) }
    ],
    upstream: upstreamOf(commit, copy),
    upstreamVersions: [],
    unified: parseUnifiedLock(lockfile),
    explicit: [
      { platform: 'linux-64', path: at('conda-linux-64.lock'), packages: parseExplicitLock(explicit, 'linux-64') }
    ],
    named: new Map(environments.flatMap(environment => [...namesIn(environment, solve.platforms)])),
    overlaps: [],
    unused: [],
    condaNames: {},
    steered,
    sizes,
    repositories,
    tools: ['conda-lock 4.0.3', 'py-rattler 0.28.0'],
    tables: {},
    seconds: { lock: 6.24 }
  }
}

/** Paths in the repository, by those in the image's folder. */
function placesIn(image: string): (name: string) => string {
  return name => (image === '.' ? name : `${image}/${name}`)
}

function settingsOf(image: string): Bundle['layout'] {
  const at = placesIn(image)
  return {
    workingDirectory: image,
    environmentFiles: [at('environment.yml')],
    lockfile: at('conda-lock.yml'),
    explicitLockfile: at('conda-{platform}.lock'),
    pipRequirements: at('conda-{platform}.pip.txt'),
    sameVersion: ['python', 'dask', 'distributed', 'numpy']
  }
}

function upstreamOf(commit: string, { path, content }: RepositoryFile): Bundle['upstream'] {
  return {
    repository: 'pangeo-data/pangeo-docker-images',
    url: 'https://github.com/pangeo-data/pangeo-docker-images',
    commit,
    files: [{ path: 'pangeo-notebook/environment.yml', local: path, content }]
  }
}

export async function writeTo(folder: string, bundle: Bundle): Promise<void> {
  await writeBundle(folder, bundle, { changes: [], droppedPlatforms: [] })
}

function withMetadata(lockfile: string, custom: Readonly<Record<string, string>>): string {
  const value = JSON.parse(lockfile) as { metadata: object }
  return JSON.stringify({ ...value, metadata: { ...value.metadata, custom_metadata: custom } })
}
