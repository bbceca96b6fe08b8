import type { LockedPackage } from '../../src/lockfile/package.js'

/** A conda package of a lock; only its name and version are needed. */
export function pin(name: string, version: string, more: Partial<LockedPackage> = {}): LockedPackage {
  const { platform = 'linux-64', build = 'hb9d3cd8_0' } = more
  return {
    platform,
    manager: 'conda',
    name,
    version,
    build,
    url: `https://example.org/conda-forge/${platform}/${name}-${version}-${build}.conda`,
    hash: `sha256:${Buffer.from(`${name} ${version} ${build}`).toString('hex')}`,
    md5: '',
    dependencies: {},
    categories: ['main'],
    ...more
  }
}
