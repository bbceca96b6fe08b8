/** A bundle that somebody has had in their hands: publishing refuses it, and says why. */
import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from '../../src/bundle/bundle.js'
import type { Expectation } from '../../src/bundle/check.js'
import { collectBundles } from '../../src/bundle/collect.js'
import { hashOf } from '../../src/bundle/write.js'
import { SyncError } from '../../src/common/errors.js'
import type { SteeringResult } from '../../src/lock/steering.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import { ALIAS, makeBundle, OWN, UPSTREAM, writeTo, type BundleOptions } from '../support/bundles.js'
import { lock } from '../support/locks.js'

const scratch = await mkdtemp(join(tmpdir(), 'bundles-'))
afterAll(() => rm(scratch, { recursive: true }))

const EXPECTED: Expectation = {
  channelAlias: ALIAS,
  allowedChannels: undefined,
  policyOn: 'upstream',
  servers: ['https://github.com']
}
const LOCKFILE = 'files/conda-lock.yml'
const EXPLICIT = 'files/conda-linux-64.lock'

async function collect(folders: readonly string[], images: readonly string[] = [], partial = true) {
  return collectBundles({ folders, images, partial }, EXPECTED)
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('it was accepted'),
    (problem: unknown) => problem
  )
  if (!(error instanceof SyncError)) throw error
  expect(error.kind).toBe('bundle')
  expect(error.hint).not.toBe('')
  return error.message
}

let count = 0
const newFolder = () => join(scratch, String(++count))

type Tamper = (folder: string) => Promise<void>

/** Changes `bundle.json`. */
function edit(change: (manifest: Manifest) => unknown): Tamper {
  return async folder => {
    const path = join(folder, 'bundle.json')
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest
    await writeFile(path, JSON.stringify(change(manifest)))
  }
}

interface Entry {
  path: unknown
  size: number
  sha256?: string
}

interface Manifest {
  readonly settings: Record<string, unknown>
  readonly solve: Record<string, unknown>
  readonly upstream: Record<string, unknown>
  readonly inputs: Entry[]
  readonly files: Entry[]
}

/** Changes a file, and all that bundle.json says about it. */
function replace(name: string, change: (text: string) => string): Tamper {
  return async folder => {
    const content = Buffer.from(change(await readFile(join(folder, name), 'utf8')))
    await writeFile(join(folder, name), content)
    const [kind, ...path] = name.split('/')
    await edit(manifest => {
      const entries = kind === 'inputs' ? manifest.inputs : manifest.files
      const entry = entries.find(other => other.path === path.join('/'))
      if (entry === undefined) throw new Error(`no ${name}`)
      Object.assign(entry, { size: content.byteLength, sha256: hashOf(content) })
      return manifest
    })(folder)
  }
}

/** Has bundle.json name another path, with the file there. */
function move(path: string): Tamper {
  return edit(manifest => ({
    ...manifest,
    files: manifest.files.map((entry, index) => (index === 0 ? { ...entry, path } : entry))
  }))
}

const addFile =
  (path: string): Tamper =>
  async folder => {
    await mkdir(join(folder, 'files', path, '..'), { recursive: true })
    await writeFile(join(folder, 'files', path), 'x')
    await edit(manifest => ({
      ...manifest,
      files: [...manifest.files, { path, size: 1, sha256: hashOf(Buffer.from('x')) }]
    }))(folder)
  }

/** A file of so many zeros, which takes no place on the disk. */
async function truncateNew(path: string, size: number): Promise<void> {
  await writeFile(path, '')
  await truncate(path, size)
}

const linkTo =
  (name: string): Tamper =>
  async folder => {
    await rename(join(folder, name), join(folder, '..', `moved-${++count}`))
    await symlink(join(folder, '..', `moved-${count}`), join(folder, name))
  }

const CASES: readonly (readonly [string, Tamper, RegExp])[] = [
  ['bundle.json is not JSON', folder => writeFile(join(folder, 'bundle.json'), '{'), /bundle\.json is not JSON/],
  ['it is of another version', edit(manifest => ({ ...manifest, schema: 2 })), /schema is 2 and not 1/],
  ['it has a field that nobody knows', edit(manifest => ({ ...manifest, run: 'me' })), /unknown field "run"/],
  [
    'a field is missing',
    edit(manifest => ({ ...manifest, solve: undefined })),
    /`bundle\.json\.solve` is not a mapping/
  ],
  [
    'a field has another name',
    edit(({ inputs, ...manifest }) => ({ ...manifest, sources: inputs })),
    /`bundle\.json` has the unknown field "sources"/
  ],
  [
    'it has a field that every object in JavaScript has',
    edit(manifest => ({ ...manifest, constructor: 'me' })),
    /unknown field "constructor"/
  ],
  ['a field is of another type', edit(manifest => ({ ...manifest, files: {} })), /`bundle\.json\.files` is not a list/],
  ['a path is absolute', move('/etc/passwd'), /files\[0\]\.path` is an absolute path/],
  ['a path leads out of the repository', move('a/../../x.yml'), /leads out of its folder/],
  ['a path has backslashes', move('a\\..\\x.yml'), /files\[0\]\.path` is not as it must be/],
  ['a path reads other than it is', move('lock.\u202elmy'), /files\[0\]\.path` is not as it must be/],
  ['a path has detours', move('./x.yml'), /is a path with detours/],
  ["a path is in git's folder", move('.GIT/hooks/pre-commit'), /is in a folder of git's or GitHub's/],
  ['a path is a workflow', addFile('.github/workflows/ci.yml'), /is in a folder of git's or GitHub's/],
  ['a path is some other file', addFile('Dockerfile'), /`Dockerfile` is neither a copy .* nor a lockfile/],
  ['a path is the environment file', addFile('environment.yml'), /`environment\.yml` is neither/],
  [
    'a file is named twice',
    edit(manifest => ({ ...manifest, files: [...manifest.files, manifest.files[0]] })),
    /named twice/
  ],
  ['a file is a symlink', linkTo(LOCKFILE), /`files\/conda-lock\.yml` is a link/],
  ['a folder is a symlink', linkTo('files'), /`files` is a link/],
  ['bundle.json is a symlink', linkTo('bundle.json'), /`bundle\.json` is a link/],
  ['a file is missing', folder => rm(join(folder, LOCKFILE)), /has no file `files\/conda-lock\.yml`/],
  ['a file is cut short', folder => truncate(join(folder, LOCKFILE), 10), /has 10 bytes, and bundle\.json says/],
  ['a file is huge', folder => truncate(join(folder, LOCKFILE), 100 << 20), /has 104857600 bytes, more than/],
  [
    'a byte is another',
    async folder => {
      const path = join(folder, LOCKFILE)
      await writeFile(path, (await readFile(path, 'utf8')).replace('xarray', 'xarrax'))
    },
    /`files\/conda-lock\.yml` has another hash/
  ],
  [
    'there is one file more',
    folder => writeFile(join(folder, 'files', 'more'), ''),
    /holds `files\/more`, which bundle\.json does not name/
  ],
  [
    'there are gigabytes more',
    folder => truncateNew(join(folder, 'files', 'more'), 3 * 2 ** 30),
    /holds `files\/more`, which bundle\.json does not name/
  ],
  [
    'there are very many files more',
    async folder => {
      await Promise.all(Array.from({ length: 1001 }, (_, index) => writeFile(join(folder, String(index)), '')))
    },
    /has more than 1000 files and folders/
  ],
  [
    'bundle.json is nothing but faults',
    edit(manifest => ({ ...manifest, tools: Array.from({ length: 300_000 }, () => 1) })),
    /`bundle\.json` has more that does not fit than can be listed/
  ],
  [
    'bundle.json has millions of entries',
    edit(manifest => ({ ...manifest, tools: Array.from({ length: 1_000_000 }, () => 1) })),
    /has more than 500000 entries/
  ],
  [
    'the lockfile has aliases',
    replace(LOCKFILE, text => text.replace('"dependencies":{', '"dependencies": &a {')),
    /it has an anchor or an alias, which conda-lock never writes, in line 1/
  ],
  ['the lockfile is none', replace(LOCKFILE, () => 'hello\n'), /the file is not a mapping/],
  [
    'the lockfiles differ',
    replace(LOCKFILE, text => text.replaceAll('xarray-2025.1-', 'xarray-2024.9-')),
    /`conda-linux-64\.lock` is not what `conda-lock\.yml` says: `xarray` \(address/
  ],
  [
    'the lockfiles differ in a hash alone',
    replace('files/conda-linux-64.lock', text => text.replace(/(dask-2025\.2\S*#)\w{8}/, '$100000000')),
    /`conda-linux-64\.lock` is not what `conda-lock\.yml` says: `dask` \(hash/
  ],
  [
    'a package has no hash',
    replace(LOCKFILE, text => text.replace(/"sha256":"[0-9a-f]+","md5":"[0-9a-f]+"/, '')),
    /has no hash/
  ],
  [
    'a dependency is left out',
    replace(LOCKFILE, text => text.replace('"python":""', '"python":"","evil":""')),
    /needs evil/
  ],
  [
    'a package is there twice, once from elsewhere',
    replace(LOCKFILE, text => {
      const value = JSON.parse(text) as { package: { name: string; url: string; category: string }[] }
      const python = value.package.find(({ name }) => name === 'python')
      const evil = { ...python, url: 'https://evil.example/linux-64/python-3.12.1-0.conda', category: 'dev' }
      return JSON.stringify({ ...value, package: [...value.package, evil] })
    }),
    /package python is there twice for linux-64, from different addresses/
  ],
  [
    'the name of a package has a second line, for pip',
    replace(LOCKFILE, text => {
      const value = JSON.parse(text) as { package: object[] }
      const url = 'https://files.pypi.example/a-1.0-py3-none-any.whl'
      const [python] = value.package
      const evil = { ...python, name: 'a\n--pre', manager: 'pip', url, dependencies: {}, category: 'docs' }
      return JSON.stringify({ ...value, package: [...value.package, evil] })
    }),
    /it has the odd name or address `a --pre/
  ],
  [
    'its comments are lines for PyYAML',
    replace(LOCKFILE, text => `# a\u2028package: []\n${text}`),
    /end a line for some programs and not for others/
  ],
  [
    'the lockfile is something else besides',
    replace(LOCKFILE, text => text.replace('{', '{"runs":{"using":"composite"},')),
    /the file has the unknown key "runs"/
  ],
  [
    'a package has a second source',
    replace(LOCKFILE, text =>
      text.replaceAll('"manager"', '"source":{"type":"url","url":"https://evil.example"},"manager"')
    ),
    /has no hash/
  ],
  [
    'its comments are packages for conda',
    replace(EXPLICIT, text => `${text}# a\rhttps://evil.example/linux-64/evil-1-0.conda\n`),
    /`conda-linux-64\.lock` has characters that end a line for some programs only/
  ],
  [
    'the explicit lockfile starts with a script',
    replace(EXPLICIT, text => `#!/bin/sh\nid\n${text}`),
    /line 2 is not a package/
  ],
  [
    'the explicit lockfile has a package before its packages',
    replace(EXPLICIT, text => `https://evil.example/linux-64/evil-1-0.conda#${'0'.repeat(32)}\n${text}`),
    /`conda-linux-64\.lock` is not what `conda-lock\.yml` says: `evil` is there besides/
  ],
  [
    'the explicit lockfile has something else for a hash',
    replace(EXPLICIT, text => text.replace(/#[0-9a-f]{32}/, '#md5')),
    /line 2 of `conda-linux-64\.lock` is none that conda-lock writes/
  ],
  [
    'the environment file is another',
    replace('inputs/environment.yml', () => OWN.replace('dask', 'evil')),
    /made from other environment files/
  ],
  [
    "upstream's file is another",
    replace('files/NBenvironment.yml', () => UPSTREAM.replace('xarray', 'evil')),
    /made from other environment files/
  ],
  [
    'the settings are others',
    edit(manifest => ({ ...manifest, solve: { ...manifest.solve, solver: 'mamba' } })),
    /made from other environment files or settings/
  ],
  [
    'environment files are left out',
    edit(manifest => ({ ...manifest, settings: { ...manifest.settings, environmentFiles: [] } })),
    /not the files that `settings\.environmentFiles` names/
  ],
  [
    'upstream is taken out, so that nobody asks for its policy',
    edit(manifest => ({ ...manifest, upstream: undefined })),
    /`NBenvironment\.yml` is neither a copy of an upstream file nor a lockfile/
  ],
  [
    'upstream has an address that does something',
    edit(manifest => ({ ...manifest, upstream: { ...manifest.upstream, url: 'javascript:alert(1)' } })),
    /upstream\.url` is not as it must be/
  ],
  [
    'its links lead to another server',
    edit(manifest => ({ ...manifest, upstream: { ...manifest.upstream, url: 'https://github.com.evil.example/a/b' } })),
    /said to be at https:\/\/github\.com\.evil\.example\/a\/b/
  ],
  [
    'its links lead to another repository than it says',
    edit(manifest => ({ ...manifest, upstream: { ...manifest.upstream, url: 'https://github.com/evil/b' } })),
    /said to be at https:\/\/github\.com\/evil\/b/
  ],
  [
    'the commit is none',
    edit(manifest => ({ ...manifest, upstream: { ...manifest.upstream, commit: 'main' } })),
    /upstream\.commit` is not as it must be/
  ]
]

describe('a bundle is refused when', () => {
  test.each(CASES)('%s', async (_, tamper, reason) => {
    const folder = newFolder()
    await writeTo(folder, makeBundle())
    await tamper(folder)
    expect(await refusal(collect([folder]))).toMatch(reason)
  })
})

const VIRTUAL = 'subdirs: {linux-64: {packages: {__glibc: "2.28"}}}\n'

const STEERED: SteeringResult = {
  update: 'minimal',
  cooldowns: [
    { text: '3d', at: new Date('2025-09-24T12:00Z') },
    { text: 'pypi=none', at: undefined }
  ],
  moves: [
    {
      platform: 'linux-64',
      name: 'dask',
      reason: { kind: 'spec' },
      named: { text: 'dask', file: 'environment.yml', line: 2 }
    },
    {
      platform: 'linux-64',
      name: 'xarray',
      reason: { kind: 'required', by: 'dask', spec: 'xarray >=2025' },
      named: undefined
    }
  ],
  unfinished: ['linux-64'],
  heldBack: [
    { platform: 'linux-64', name: 'dask', version: '2025.9', uploaded: '2025-09-25T00:00:00+00:00', by: '3d' }
  ],
  upgrades: [
    {
      platform: 'linux-64',
      name: 'xarray',
      asked: 'xarray>=2025',
      isLocked: true,
      newest: '2025.9',
      holders: [{ text: 'xarray <2025.9', file: 'environment.yml', line: 3 }]
    }
  ]
}

/** A lock of `python` that says one thing of it to people, and another to installers. */
function withPython(change: Partial<LockedPackage>): BundleOptions {
  return {
    packages: lock('dask 2025.2: python\npython 3.12.1').map(pin =>
      pin.name === 'python' ? { ...pin, ...change } : pin
    )
  }
}

const PYTHON = 'https://conda.anaconda.org/conda-forge/linux-64/python-3.12.1-0.conda'

const MADE_SO: readonly (readonly [string, BundleOptions, RegExp])[] = [
  [
    'packages come from a channel that nobody named',
    { packages: lock('evil::dask 2025.2') },
    /dask was not accepted: it comes from `https:\/\/conda\.anaconda\.org\/evil/
  ],
  [
    "upstream's file names a channel that is not allowed",
    { upstream: UPSTREAM.replace('nodefaults', 'evil'), packages: lock('evil::dask 2025.2') },
    /uses the channel `evil`, which is not allowed/
  ],
  [
    "upstream's file has an address in it",
    { upstream: UPSTREAM.replace('xarray', '"https://evil.example/x.conda"') },
    /is an address or an option/
  ],
  [
    'an address leads out of its channel',
    withPython({ url: PYTHON.replace('linux-64', '../evil/linux-64') }),
    /python was not accepted: .* in none of the channels/
  ],
  [
    'an address leads into another label of its channel',
    withPython({ url: PYTHON.replace('linux-64', 'label/broken/linux-64') }),
    /python was not accepted: .* in none of the channels/
  ],
  [
    'a package is for another platform',
    withPython({ url: PYTHON.replace('linux-64', 'win-64') }),
    /python was not accepted: .* in none of the channels/
  ],
  [
    'a version is not that of the file',
    withPython({ version: '3.13.0' }),
    /says `python 3\.13\.0`, and the file it names for that is `.*python-3\.12/
  ],
  [
    'a wheel is of another version than people read',
    { packages: lock('hapiclient 0.2.6 pip').map(pin => ({ ...pin, version: '0.2.7' })) },
    /says `hapiclient 0\.2\.7`, and the file it names for that is `.*0\.2\.6-py3/
  ],
  [
    'a source distribution is of another version than people read',
    { packages: asSource('scikit-spam', '1.0', '1.1') },
    /says `scikit-spam 1\.1`, and the file it names for that is `.*scikit-spam-1\.0\.tar/
  ],
  ['its channels live elsewhere', { alias: 'https://evil.example' }, /`channel-alias` https:\/\/evil\.example/]
]

/** The pin of a source distribution, whose name may have hyphens in it. */
function asSource(name: string, file: string, version: string) {
  const url = `https://files.pypi.example/${name}-${file}.tar.gz`
  return lock(`${name} ${version} pip`).map(pin => ({ ...pin, url }))
}

test('a source distribution is taken as it is', async () => {
  const folder = newFolder()
  const packages = [...lock('python 3.12.1\nxarray 2025.1\npip 25.2: python'), ...asSource('scikit-spam', '1.0', '1.0')]
  await writeTo(folder, makeBundle({ own: 'channels: [conda-forge]\ndependencies: [pip: [scikit-spam]]\n', packages }))
  const inputs = { folders: [folder], images: [], partial: true }
  expect((await collectBundles(inputs, EXPECTED)).bundles).toHaveLength(1)
})

describe('a bundle whose hashes all fit is refused when', () => {
  test.each(MADE_SO)('%s', async (_, options, reason) => {
    const folder = newFolder()
    await writeTo(folder, makeBundle(options))
    expect(await refusal(collect([folder]))).toMatch(reason)
  })

  test('its own files bring in a channel, and those are not trusted either', async () => {
    const folder = newFolder()
    await writeTo(folder, makeBundle({ own: 'channels: [conda-forge, ours]\ndependencies: [dask]\n' }))
    const inputs = { folders: [folder], images: [], partial: true }
    expect((await collectBundles(inputs, EXPECTED)).bundles).toHaveLength(1)
    expect(await refusal(collectBundles(inputs, { ...EXPECTED, policyOn: 'all' }))).toContain(
      'The file environment.yml uses the channel `ours`, which is not allowed'
    )
  })

  test('it has other virtual packages than it was locked with', async () => {
    const folder = newFolder()
    await writeTo(folder, makeBundle({ virtual: VIRTUAL }))
    await replace('inputs/virtual.yml', text => text.replace('2.28', '2.17'))(folder)
    expect(await refusal(collect([folder]))).toMatch(/`solve\.virtualPackages` are not those of the file/)
  })

  test('what it says of the solve would be something else in the report', async () => {
    const folder = newFolder()
    const heldBack = [{ platform: 'linux-64', name: 'dask', version: '1', uploaded: '![](//x)', by: '3d' }]
    await writeTo(folder, makeBundle({ steered: { ...STEERED, heldBack } }))
    expect(await refusal(collect([folder]))).toMatch(/steered\.heldBack\[0\]\.uploaded` is not as it must be/)
  })

  const HOSTILE: readonly (readonly [string, object, RegExp])[] = [
    ['a time', { cooldowns: [{ text: '3d', at: '![](//x)' }] }, /steered\.cooldowns\[0\]\.at` is not as it must be/],
    [
      'a time on a day',
      { cooldowns: [{ text: '3d', at: '2025-13-45T00:00:00Z' }] },
      /steered\.cooldowns\[0\]\.at` is no time/
    ],
    ['kind of change', { update: 'some' }, /steered\.update` is not one of/],
    [
      'reason of a move',
      { moves: [{ ...STEERED.moves[0], reason: { kind: 'because' } }] },
      /moves\[0\]\.reason\.kind` is not one of/
    ],
    [
      'file of a move',
      { moves: [{ ...STEERED.moves[0], named: { text: 'dask', file: '../x', line: 1 } }] },
      /moves\[0\]\.named\.file` leads out of its folder/
    ],
    [
      'line of a move',
      { moves: [{ ...STEERED.moves[0], named: { text: 'dask', file: 'x', line: '1](//x)' } }] },
      /moves\[0\]\.named\.line` is no amount/
    ]
  ]
  test.each(HOSTILE)('it has a %s that is none', async (_, change, reason) => {
    const folder = newFolder()
    await writeTo(folder, makeBundle({ steered: STEERED }))
    await edit(manifest => ({ ...manifest, steered: { ...STEERED, ...change } }))(folder)
    expect(await refusal(collect([folder]))).toMatch(reason)
  })

  test.each([
    ['a hash', { 'sha256:<b>': 1 }],
    ['an amount', { [`sha256:${'a'.repeat(64)}`]: -1 }],
    ['a number of bytes', { [`sha256:${'a'.repeat(64)}`]: 0.5 }]
  ])('a size is for or has what is not %s', async (_, sizes) => {
    const folder = newFolder()
    await writeTo(folder, makeBundle())
    await edit(manifest => ({ ...manifest, sizes }))(folder)
    expect(await refusal(collect([folder]))).toMatch(/bundle\.json\.sizes\.sha256:\S+` is/)
  })

  test.each(['github.com/octocat', 'github.com/octocat/../x', 'evil.example/a/b', 'github.com/a/b)[x](https://c'])(
    'a repository is %s',
    async repository => {
      const folder = newFolder()
      await writeTo(folder, makeBundle())
      await edit(manifest => ({ ...manifest, repositories: { hapiclient: repository } }))(folder)
      expect(await refusal(collect([folder]))).toMatch(/bundle\.json\.repositories\.hapiclient` is not as it must be/)
    }
  )

  test('it has other pip packages for pip than for conda-lock', async () => {
    const folder = newFolder()
    await writeTo(folder, makeBundle({ packages: lock('python 3.12.1\nhapiclient 0.2.6 pip') }))
    await replace('files/conda-linux-64.pip.txt', text => text.replace('0.2.6', '0.2.5'))(folder)
    expect(await refusal(collect([folder]))).toMatch(/does not have the pip packages of `conda-lock\.yml`/)
  })
})

describe('bundles together', () => {
  const folderWith = async (...bundles: readonly Bundle[]) => {
    const folder = newFolder()
    for (const [index, bundle] of bundles.entries()) await writeTo(join(folder, `bundle-${index}`), bundle)
    return folder
  }

  test('are found in a folder of folders, as they were written', async () => {
    // A package of conda's; objects in JavaScript have something else of that name.
    const versions = new Map([['linux-64', new Map([['constructor', '3.11.1']])]])
    const ofUpstream = { kind: 'read', path: 'image/conda-lock.yml', versions } as const
    const bundles = [
      makeBundle({ image: 'images/a' }),
      makeBundle({
        image: 'images/b',
        virtual: VIRTUAL,
        steered: STEERED,
        sizes: new Map([[`md5:${'0'.repeat(32)}`, 1_234_567]]),
        repositories: new Map([['hapiclient', 'github.com/hapi-server/client-python']])
      }),
      { ...makeBundle({ image: 'images/c' }), upstreamVersions: [ofUpstream] }
    ]
    expect(await collect([await folderWith(...bundles)])).toEqual({ bundles, failed: [] })
  })

  test('are read without what earlier versions did not tell', async () => {
    const folder = await folderWith(makeBundle())
    await edit(manifest => ({ ...manifest, sizes: undefined, repositories: undefined }))(join(folder, 'bundle-0'))
    expect((await collect([folder])).bundles).toEqual([makeBundle()])
  })

  test('are refused when there is none, two of one image, or one of an image that nobody expects', async () => {
    expect(await refusal(collect([join(scratch, 'nowhere')]))).toMatch(/There is no bundle in/)
    expect(await refusal(collect([await folderWith(makeBundle(), makeBundle())]))).toMatch(
      /Two bundles have the lockfile/
    )
    const other = await folderWith(makeBundle({ image: 'b' }))
    expect(await refusal(collect([other], ['a']))).toMatch(/bundle of b, which `images` does not name/)
  })

  test('are incomplete when an image is missing, which `publish-partial` allows or not', async () => {
    const folder = await folderWith(makeBundle({ image: 'a' }))
    expect((await collect([folder], ['a', 'b'])).failed).toEqual(['b'])
    expect(await refusal(collect([folder], ['a', 'b'], false))).toMatch(/There is no bundle of b, so nothing/)
  })
})
