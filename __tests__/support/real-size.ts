import type { Platform } from '../../src/lockfile/platforms.js'
import { lock, type LockChange } from './locks.js'

/** `NAME BEFORE AFTER`, and the package that pulls it in. `-` stands for a package that is not there. */
const CHANGED = `
  argopy 0.1.15 1.3.0
  botocore 1.39.11 1.40.18 boto3
  boto3 1.39.11 1.40.18
  cartopy 0.24.0 0.25.0
  dask 2025.7.0 2025.9.1
  distributed 2025.7.0 2025.9.1 dask
  earthaccess 0.12.0 0.15.1
  numpy 2.3.2 2.3.3
  python 3.12.10 3.12.11 numpy
  sunpy 6.1.1 7.0.1
  xarray 2025.8.0 2025.9.0
  zarr 3.1.1 3.1.3
  s3transfer 0.13.1 0.13.0 boto3
  aioitertools 0.12.0 0.13.0 aiobotocore
  arro3-core 0.5.1 0.6.1 geopandas
  asttokens 3.0.0 3.0.1 ipython
  beautifulsoup4 4.13.4 4.13.5 nbconvert-core
  bokeh 3.7.3 3.8.0 dask
  ca-certificates 2025.8.3 2025.9.9 openssl
  certifi 2025.8.3 2025.9.9 requests
  charset-normalizer 3.4.2 3.4.3 requests
  contourpy 1.3.2 1.3.3 bokeh
  dask-core 2025.7.0 2025.9.1 dask
  decorator 5.2.1 5.2.2 ipython
  erddapy - 2.2.4 argopy
  fonttools 4.59.0 4.60.0 matplotlib-base
  fsspec 2025.7.0 2025.9.0 dask-core
  h11 0.16.0 0.17.0 httpcore
  httpcore 1.0.9 1.1.0 httpx
  httpx 0.28.1 0.29.0 jupyterlab
  identify 2.6.12 2.6.14 pre-commit
  importlib-metadata 8.7.0 8.8.0 dask-core
  ipython 9.4.0 9.5.0 ipykernel
  jsonschema 4.25.0 4.25.1 nbformat
  jupyter_client 8.6.3 8.7.0 ipykernel
  jupyter_server 2.16.0 2.17.0 jupyterlab
  jupyterlab 4.4.5 4.4.7 jupyterlab-git
  libarrow 20.0.0 21.0.0 pyarrow
  libblas 3.9.0 3.9.1 numpy
  libcurl 8.14.1 8.15.0 libgdal-core
  libgdal-core 3.10.3 3.11.4 rasterio
  libpng 1.6.50 1.6.51 matplotlib-base
  libsqlite 3.50.3 3.50.4 python
  markdown-it-py 3.0.0 4.0.0 bokeh
  matplotlib-base 3.10.3 3.10.6 cartopy
  mpl-animators - 1.2.4 sunpy
  narwhals 2.0.1 2.4.0 bokeh
  openssl 3.5.1 3.5.3 python
  orjson 3.11.1 3.11.3 jupyterlab
  parfive 2.2.0 2.3.0 sunpy
  pillow 11.3.0 12.0.0 matplotlib-base
  platformdirs 4.3.8 4.4.0 jupyter_server
  prompt-toolkit 3.0.51 3.0.52 ipython
  pyparsing 3.2.3 3.2.4 matplotlib-base
  python-utils 3.9.1 - earthaccess
  pyzmq 27.0.1 27.1.0 jupyter_client
  requests 2.32.4 2.32.5 sunpy
  rpds-py 0.26.0 0.27.1 jsonschema
  sqlalchemy 2.0.42 2.0.43 intake
  stamina - 25.1.0 earthaccess
  tenacity - 9.1.2 earthaccess
  tinynetrc 1.3.1 - earthaccess
  traitlets 5.14.3 5.14.4 ipykernel
  typing-extensions 4.14.1 4.15.0 ipython
  urllib3 2.5.0 2.5.1 requests
`

const REBUILT = `
  cffi cfgrib cftime ciso cramjam cytoolz duckdb-cli eccodes esmf esmpy fiona freetype gdal geos git glib gsw h5py hdf5
  icu kiwisolver krb5 lcms2 libaec libavif libdeflate libgit2 libiconv libkml libnetcdf libpq librttopo libspatialite
  libtiff libxml2 libxslt llvmlite lxml lz4 mkl msgpack-python netcdf4 numba numcodecs openjpeg pandas poppler proj psutil
  pyarrow pydantic-core pyproj rasterio scikit-image scikit-learn scipy shapely sqlite statsmodels tiledb tornado
`

/** How many packages there are in all; those that stay what they are have numbers for names. */
const ALL = 800

const UPSTREAM_BEFORE = `name: pangeo
channels:
 - conda-forge
 - nodefaults
dependencies:
 - adlfs
 # https://github.com/euroargodev/argopy/issues/390
 - argopy<0.1.16
 - boto3
 - cartopy
 - dask-ml
 - distributed
 # wait for zarr v3 compat - https://github.com/nsidc/earthaccess/pull/967
 - earthaccess<0.13.0
 - erddapy
 - numpy
 - pandas
 - python=3.12
 - xarray
 - zarr>=3.0.8
`

const UPSTREAM_AFTER = UPSTREAM_BEFORE.replace(/ # https.*\n - argopy<0.1.16/, ' - argopy').replace(
  / # wait.*\n - earthaccess<0.13.0/,
  ' - earthaccess'
)

const UPSTREAM_LOCK = `
  python 3.12.11
  dask 2025.7.0
  distributed 2025.7.0
  numpy 2.3.3
  pandas 1.24.0
  tornado 1.24.0
  msgpack-python 1.24.0`

const OWN = `channels:
  - conda-forge
dependencies:
  - dask>=2025.7
  - sunpy
  - xarray<2025.10
  - ipykernel
  - pip:
    - hapiclient==0.2.6
`

/** A change as real ones are: a lock of 800 packages, two pins gone upstream, 65 packages changed and 60 rebuilt. */
export function realSizeChange(platforms: readonly Platform[] = ['linux-64']): LockChange {
  const changed = words(CHANGED).map(([name = '', old = '', now = '', parent]) => ({ name, old, now, parent }))
  const parents = new Map(changed.map(({ name, parent }) => [name, parent]))
  const rebuilt = words(REBUILT).flat()
  const unchanged = [...new Set([...parents.values()].flatMap(name => (name === undefined ? [] : [name])))].filter(
    name => !parents.has(name) && !rebuilt.includes(name)
  )
  const numbered = Array.from({ length: ALL - changed.length - rebuilt.length - unchanged.length }, (_, index) =>
    String(index).padStart(3, '0')
  )
  const side = (versionOf: (entry: (typeof changed)[number]) => string, build: string): string =>
    [
      ...changed
        .filter(entry => versionOf(entry) !== '-')
        .map(entry => `${entry.name} ${versionOf(entry)}${depends(entry.name)}`),
      ...rebuilt.map(name => `${name} 1.24.0 py312h3c2b1a0_${build}${depends(name)}`),
      ...unchanged.map(name => `${name} 2.1.0${depends(name)}`),
      ...numbered.map(number => `package-${number} 1.0.0`),
      'adlfs 2025.8.0: aiobotocore geopandas rasterio pyarrow nbconvert-core pre-commit intake jupyterlab-git nbformat',
      'hapiclient 0.2.6 pip',
      'ipykernel 6.30.1: ipython jupyter_client traitlets'
    ].join('\n')
  const children = (name: string) => changed.filter(entry => entry.parent === name).map(entry => entry.name)
  const depends = (name: string) => (children(name).length === 0 ? '' : `: ${children(name).join(' ')}`)
  const lockOf = (text: string) => distinct(lock(text, platforms))
  return {
    platforms,
    before: lockOf(side(entry => entry.old, '0')),
    after: lockOf(side(entry => entry.now, '1')),
    upstream: { before: UPSTREAM_BEFORE, after: UPSTREAM_AFTER },
    own: OWN,
    upstreamLock: lock(UPSTREAM_LOCK, platforms)
  }
}

function words(text: string): string[][] {
  return text
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(line => line[0] !== '')
}

function distinct<T extends { readonly name: string; readonly platform: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map(entry => [`${entry.name} ${entry.platform}`, entry])).values()]
}
