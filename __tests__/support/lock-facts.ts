import type { LockFacts } from '../../src/lock/check-values.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import type { LockedPackage } from '../../src/lockfile/package.js'

/** A lock for linux-64 that is held against nothing but itself. */
export async function factsOfLock(packages: readonly LockedPackage[]): Promise<LockFacts> {
  return {
    lockfile: { path: 'conda-lock.yml', text: '' },
    platforms: ['linux-64'],
    unified: { platforms: ['linux-64'], channels: [], sources: [], custom: {}, packages },
    explicit: [{ platform: 'linux-64', path: 'conda-linux-64.lock', text: '', packages }],
    contents: new Map(),
    pipRequirements: 'conda-{platform}.pip.txt',
    wanted: undefined,
    pypiNames: new Map(),
    origins: { channels: ['conda-forge'], channelAlias: 'https://conda.anaconda.org', baseUrls: [] },
    earlier: [],
    meets: await loadVersionMatch()
  }
}
