import type { PackageSpec } from '../__tests__/support/channel.js'

/** `3.12.1` → `3.12`. */
function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

function compiled(name: string, version: string, depends: readonly string[] = [], buildNumber = 0): PackageSpec {
  return { name, version, subdir: 'linux-64', depends, buildNumber }
}

function pure(name: string, version: string, depends: readonly string[] = []): PackageSpec {
  return { name, version, depends: ['python', ...depends] }
}

/** A package with a module that tells its version, to see that what was installed can be imported. */
function importable(spec: PackageSpec, python: string): PackageSpec {
  const module = `lib/python${minor(python)}/site-packages/${spec.name}/__init__.py`
  return { ...spec, files: { [module]: `__version__ = "${spec.version}"\n` } }
}

/** The channel on the first day. Its Python is the machine's, so that installed environments work. */
export function firstDay(python: string): PackageSpec[] {
  return [
    { ...compiled('python', python, ['openssl >=3.5,<4', 'tzdata']), realPython: true },
    { ...pure('pip', '25.2'), realPip: true },
    compiled('openssl', '3.5.3'),
    { name: 'tzdata', version: '2025b' },
    compiled('numpy', '2.3.2', ['python']),
    pure('pandas', '2.3.1', ['numpy >=2']),
    pure('xarray', '2025.8.0', ['numpy', 'pandas']),
    pure('zarr', '3.0.10', ['numpy']),
    pure('zarr', '3.1.1', ['numpy', 'donfig']),
    pure('donfig', '0.8.1'),
    pure('fsspec', '2025.7.0'),
    pure('s3fs', '2025.7.0', ['fsspec 2025.7.0']),
    pure('cloudpickle', '3.1.1'),
    pure('dask', '2025.7.0', ['distributed 2025.7.0', 'cloudpickle']),
    pure('distributed', '2025.7.0', ['tornado']),
    compiled('tornado', '6.5.1', ['python']),
    pure('jupyterlab', '4.4.5', ['tornado']),
    pure('pangeo-notebook', '2025.07.15', ['jupyterlab', 'dask']),
    pure('pangeo-notebook', '2025.09.01', ['jupyterlab', 'dask']),
    pure('intake', '0.7.0', ['fsspec', 'entrypoints']),
    pure('entrypoints', '0.4'),
    compiled('matplotlib-base', '3.10.5', ['numpy', 'python']),
    compiled('astropy', '7.1.0', ['numpy', 'python']),
    importable(pure('sunpy', '7.0.1', ['astropy', 'matplotlib-base']), python),
    pure('hapiclient', '0.2.6', ['pandas']),
    pure('cdflib', '1.3.4', ['numpy'])
  ]
}

/** What maintainers upload before the second night. */
export function secondDay(python: string): PackageSpec[] {
  return [
    compiled('openssl', '3.5.3', [], 1),
    compiled('numpy', '2.3.3', ['python']),
    pure('pandas', '2.3.2', ['numpy >=2']),
    pure('xarray', '2025.9.0', ['numpy', 'pandas']),
    compiled('icechunk', '1.1.5', ['python']),
    importable(pure('sunpy', '7.0.2', ['astropy', 'matplotlib-base']), python)
  ]
}

/** What they upload before the third. */
export function thirdDay(): PackageSpec[] {
  return [
    pure('dask', '2025.9.0', ['distributed 2025.9.0', 'cloudpickle']),
    pure('distributed', '2025.9.0', ['tornado']),
    compiled('obstore', '0.8.2', ['python'])
  ]
}

/** Upstream's two environment files: the lower image pins Python, the upper one has the packages. */
export function upstreamFiles(python: string, metapackage: string, dependencies: readonly string[]) {
  return {
    'base-notebook/environment.yml': environment('notebook', [
      `python=${minor(python)}`,
      `pangeo-notebook=${metapackage}`,
      'pip'
    ]),
    'pangeo-notebook/environment.yml': environment('pangeo', dependencies)
  }
}

/** The repository's own environment file. */
export const OWN_FILE = environment('helio', ['astropy', 'cdflib', 'hapiclient', 'sunpy'])

function environment(name: string, dependencies: readonly string[]): string {
  const lines = ['channels:', '  - conda-forge', '  - nodefaults', 'dependencies:']
  return [`name: ${name}`, ...lines, ...dependencies.map(spec => `  - ${spec}`), ''].join('\n')
}
