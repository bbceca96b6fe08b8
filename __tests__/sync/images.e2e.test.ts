/** Several images in one pull request, as the job that publishes brings them together night by night. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from '../../src/bundle/bundle.js'
import type { LockedPackage } from '../../src/lockfile/package.js'
import type { ActionRun } from '../support/action.js'
import { ALIAS, makeBundle, writeTo } from '../support/bundles.js'
import { startGitHub, type Repository } from '../support/github.js'
import { expectGolden } from '../support/golden.js'
import { COMMIT, lock } from '../support/locks.js'
import { publishBundles } from '../support/publish-job.js'
import { realSizeChange } from '../support/real-size.js'
import { annotations } from '../support/world.js'

const github = await startGitHub()
github.addToken('publishes', { contents: 'write', 'pull-requests': 'write' })
afterAll(() => github.close())

const { before = [], after, upstream, own } = realSizeChange()
const OLD = { own: own ?? '', upstream: (upstream?.before ?? '').replace(' - erddapy\n', '') }
const NEW = { own: own ?? '', upstream: upstream?.after ?? '', packages: closed(after) }
const HEAD = 'conda-lock-sync'

/** A lock must have what the files and its packages need, pip included where there is a section for it, and nothing besides. */
function closed(packages: readonly LockedPackage[]): LockedPackage[] {
  const named = new Map([
    ['package-000', lock('pip 1.0.0')],
    ['package-001', lock('dask-ml 1.0.0')]
  ])
  const all = packages.flatMap(pin => named.get(pin.name) ?? [pin])
  const names = new Set(all.map(({ name }) => name))
  const needed = new Set(all.flatMap(pin => (pin.name === 'adlfs' ? [] : Object.keys(pin.dependencies))))
  const others = [...names].filter(name => !needed.has(name) && !['adlfs', 'hapiclient'].includes(name))
  const extra = Object.fromEntries(others.map(name => [name, '']))
  return all.map(pin => ({
    ...pin,
    dependencies: Object.fromEntries(
      Object.entries(pin.name === 'adlfs' ? { ...extra, ...pin.dependencies } : pin.dependencies).filter(([name]) =>
        names.has(name)
      )
    )
  }))
}

function withoutPip(environment: string): string {
  return environment.slice(0, environment.indexOf('  - pip:'))
}

function withVersion(packages: readonly LockedPackage[], name: string, version: string): LockedPackage[] {
  const [other] = lock(`${name} ${version}`)
  return closed(packages.map(pin => (pin.name === name && other !== undefined ? { ...other, ...keep(pin) } : pin)))
}

function keep({ dependencies }: LockedPackage): Pick<LockedPackage, 'dependencies'> {
  return { dependencies }
}

/** A repository whose images have the old lock, all of them the same. */
async function startRepository(name: string, images: readonly string[]): Promise<Repository> {
  const old = images.map(image => makeBundle({ image: `images/${image}`, packages: closed(before), ...OLD }))
  const contents = old.flatMap(({ inputFiles: inputs, files }) => [...inputs, ...files])
  return github.addRepository(
    `octo/${name}`,
    Object.fromEntries(contents.flatMap(({ path, content }) => (content === undefined ? [] : [[path, content]])))
  )
}

async function publishAll(
  repository: Repository,
  bundles: readonly Bundle[],
  images: readonly string[],
  inputs: Readonly<Record<string, string>> = {}
): Promise<ActionRun> {
  const folder = await mkdtemp(join(tmpdir(), 'images-'))
  try {
    for (const [index, bundle] of bundles.entries()) await writeTo(join(folder, String(index)), bundle)
    const named = images.map(image => `images/${image}`).join('\n')
    return await publishBundles(github, {
      ...{ token: 'publishes', bundles: folder, repository: repository.fullName },
      inputs: { images: named, 'channel-alias': ALIAS, ...inputs }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function bodyOf(repository: Repository): Promise<string> {
  const [pull, ...others] = await repository.pulls()
  expect(others).toEqual([])
  const body = pull?.body ?? ''
  expect(body.length).toBeLessThan(65_536)
  return body.replaceAll(github.url, 'https://github.example').replace(/<!-- .*-->/s, '')
}

test.concurrent('four images of 800 packages that all change are told once, and what each has besides', async () => {
  const images = ['gpu', 'notebook', 'science', 'worker']
  const repository = await startRepository('four-images', images)
  const at = (image: string) => ({ ...NEW, image: `images/${image}` })

  const published = await publishAll(
    repository,
    [
      makeBundle({ ...at('gpu'), packages: closed([...NEW.packages, ...lock('cuda-version 12.9\ncupy 13.6.0')]) }),
      makeBundle(at('notebook')),
      makeBundle({ ...at('science'), packages: withVersion(NEW.packages, 'zarr', '3.1.0') }),
      makeBundle(at('worker'))
    ],
    images
  )

  expect(annotations(published, 'error')).toEqual([])
  expect(published.outputs).toMatchObject({ operation: 'created', changed: 'true', 'failed-images': '' })
  await expectGolden('golden/four-images.md', await bodyOf(repository))
})

test.concurrent('what changes, what does not and what failed are told, and where upstream has moved', async () => {
  const images = ['gpu', 'notebook', 'same', 'worker']
  const repository = await startRepository('mixed-images', images)
  const bundles = [
    makeBundle({ ...NEW, image: 'images/notebook' }),
    makeBundle({
      ...{ ...NEW, image: 'images/worker', commit: COMMIT.replace('f', 'e') },
      packages: withVersion(NEW.packages, 'dask', '2025.7.0')
    }),
    makeBundle({ ...OLD, image: 'images/same', packages: closed(before) })
  ]

  const whole = await publishAll(repository, bundles, images, { 'publish-partial': 'false' })
  expect(annotations(whole, 'error')[0]).toContain('There is no bundle of images/gpu, so nothing was published.')
  const published = await publishAll(repository, bundles, images)

  expect(published.outputs).toMatchObject({ operation: 'created', changed: 'true', 'failed-images': 'images/gpu' })
  expect(annotations(published, 'warning')).toHaveLength(2)
  await expectGolden('golden/mixed-images.md', await bodyOf(repository))
})

test.concurrent(
  'an image that fails one night keeps its place in the pull request, unless its files have changed',
  async () => {
    const images = ['notebook', 'worker']
    const repository = await startRepository('failing-image', images)
    const notebook = makeBundle({ ...NEW, image: 'images/notebook' })
    const worker = makeBundle({ ...NEW, image: 'images/worker' })
    const proposed = (path: string) => repository.read(path, HEAD)
    await publishAll(repository, [notebook, worker], images)
    const lockfile = await proposed('images/worker/conda-lock.yml')

    const newer = makeBundle({ ...NEW, image: 'images/notebook', packages: withVersion(NEW.packages, 'zarr', '3.2.0') })
    const failed = await publishAll(repository, [newer], images)
    expect(failed.outputs).toMatchObject({ operation: 'updated', 'failed-images': 'images/worker' })
    expect(await proposed('images/notebook/conda-lock.yml')).toContain('3.2.0')
    expect(await proposed('images/worker/conda-lock.yml')).toBe(lockfile)
    expect(annotations(failed, 'warning')[0]).toContain('images/worker could not be locked, and keeps what is proposed')
    expect(await bodyOf(repository)).toContain(
      'What an earlier run has proposed for `images/worker` is in this pull request as before'
    )
    // The last one that succeeds on its own changes nothing, so the pull request must not be closed for it.
    const same = makeBundle({ ...OLD, image: 'images/notebook', packages: closed(before) })
    expect((await publishAll(repository, [same], images)).outputs).toMatchObject({ operation: 'updated' })
    expect(await proposed('images/worker/conda-lock.yml')).toBe(lockfile)

    await repository.commit({ 'images/worker/environment.yml': 'channels: [conda-forge]\ndependencies: [nothing]\n' })
    const stale = await publishAll(repository, [newer], images)
    expect(stale.outputs).toMatchObject({ operation: 'updated' })
    expect(annotations(stale, 'warning')[0]).toContain('images/worker could not be locked, and keeps its lockfiles')
    expect(await proposed('images/worker/conda-lock.yml')).toBe(await repository.read('images/worker/conda-lock.yml'))
  }
)

test.concurrent('a bundle that would delete another file is refused', async () => {
  const repository = await startRepository('other-file', ['notebook'])
  await repository.commit({ Dockerfile: 'FROM pangeo\n' })
  const packages = NEW.packages.filter(({ manager }) => manager === 'conda')
  const bundle = makeBundle({ ...NEW, own: withoutPip(NEW.own), packages, image: 'images/notebook' })
  const settings = { ...bundle.layout, pipRequirements: 'Dockerfile' }
  const files = [
    ...bundle.files.filter(({ content }) => content !== undefined),
    { path: 'Dockerfile', content: undefined }
  ]
  const refused = await publishAll(repository, [{ ...bundle, layout: settings, files }], ['notebook'])
  expect(annotations(refused, 'error')[0]).toContain('A bundle would replace or delete `Dockerfile`')
  expect(await repository.pulls()).toEqual([])
})

test.concurrent('other words for the same packages, or another need of one, are locked anew', async () => {
  const repository = await startRepository('other-words', ['notebook'])
  const image = 'images/notebook'
  await publishAll(repository, [makeBundle({ ...NEW, image })], ['notebook'])
  const proposed = () => repository.read(`${image}/conda-lock.yml`, HEAD)

  const words = NEW.own.replace(/^dependencies:\n/m, 'dependencies:\n  - python\n')
  expect(words).not.toBe(NEW.own)
  await repository.commit({ [`${image}/environment.yml`]: words })
  const other = makeBundle({ ...NEW, own: words, image })
  expect((await publishAll(repository, [other], ['notebook'])).outputs).toMatchObject({ operation: 'updated' })
  expect(await proposed()).toContain(other.unified.custom['inputs-hash'])

  const packages = NEW.packages.map(pin =>
    pin.name === 'dask' ? { ...pin, dependencies: { ...pin.dependencies, python: '>=3.12.7' } } : pin
  )
  const needs = makeBundle({ ...NEW, own: words, image, packages })
  expect((await publishAll(repository, [needs], ['notebook'])).outputs).toMatchObject({ operation: 'updated' })
  expect(await proposed()).toContain('>=3.12.7')
})

test.concurrent('neither a new day nor a failed image is a reason to ask again', async () => {
  const images = ['notebook', 'worker']
  const repository = await startRepository('asked-already', images)
  const on = (lockedOn: string) => images.map(image => makeBundle({ ...NEW, image: `images/${image}`, lockedOn }))
  await publishAll(repository, on('2026-11-20'), images)

  expect((await publishAll(repository, on('2026-11-21'), images)).outputs).toMatchObject({ operation: 'unchanged' })
  expect(await repository.read('images/worker/conda-lock.yml', HEAD)).toContain('2026-11-20')

  await repository.closePull(1)
  const [notebook] = on('2026-11-22')
  const partial = await publishAll(repository, notebook === undefined ? [] : [notebook], images)
  expect(partial.outputs).toMatchObject({ operation: 'declined', 'pull-request-number': '1' })
})
