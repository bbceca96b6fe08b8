/** What several images propose together. */
import { expect, jest, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Bundle } from '../../src/bundle/bundle.js'
import { NO_STEERING } from '../../src/lock/steering.js'
import { deliver } from '../../src/sync/deliver.js'
import { compareImages, type CarriedImage, type ComparedImages } from '../../src/sync/images.js'
import { outputsOf } from '../../src/sync/outputs.js'
import { proposalOf } from '../../src/sync/proposal.js'
import { INPUTS_HASH } from '../../src/lockfile/propose.js'
import { messageOf } from '../../src/common/errors.js'
import { blobSha } from '../../src/common/files.js'
import { makeBundle, OWN } from '../support/bundles.js'
import { inputsOf, RUNNER } from '../support/inputs.js'
import { factsOf, lock } from '../support/locks.js'
import { standInLock } from '../support/stand-in-lock.js'
import { snapshot } from '../support/world.js'
import { startDeadline } from '../../src/runner/deadline.js'

const NOTHING = { contents: new Map(), unified: undefined, explicit: new Map(), unreadable: [] }

async function propose(bundles: readonly Bundle[], carried: readonly CarriedImage[] = []) {
  return proposalOf(await compare(bundles, carried))
}

function compare(bundles: readonly Bundle[], carried: readonly CarriedImage[] = []): Promise<ComparedImages> {
  const images = bundles.map(bundle => ({ bundle, previous: NOTHING }))
  const failed = carried.map(({ directory }) => directory)
  const observation = { kind: 'nothing' } as const
  return compareImages({ images, failed, carried, observation, isOwn: false }, RUNNER, { links: true })
}

/** A second environment in the folder of the first, with the same copy of upstream's file. */
function second(environment: string): Bundle {
  const bundle = makeBundle()
  return {
    ...bundle,
    layout: { ...bundle.layout, lockfile: 'second.yml', environmentFiles: ['second-environment.yml'] },
    inputFiles: [{ path: 'second-environment.yml', content: Buffer.from(environment) }],
    files: bundle.files.map(file =>
      file.path === 'NBenvironment.yml' ? file : { ...file, path: `second-${file.path}` }
    )
  }
}

test('a file that two images share is proposed once, and of one image alone its metadata count', async () => {
  const proposal = await propose([makeBundle(), second(OWN)])
  const paths = proposal.files.map(({ path }) => path)
  expect(paths).toHaveLength(7)
  expect(new Set(paths).size).toBe(7)
  expect(proposal.metadata).toEqual({})
  const alone = await propose([makeBundle()])
  expect(alone.metadata).toEqual(makeBundle().unified.custom)
})

test('two images that want one file to be different are refused, with their names', async () => {
  const other = makeBundle({ image: 'b' })
  const files = [...other.files, { path: 'a/NBenvironment.yml', content: Buffer.from('x') }]
  await expect(propose([makeBundle({ image: 'a' }), { ...other, files }])).rejects.toMatchObject({
    kind: 'bundle',
    message: 'The images a and b both have `a/NBenvironment.yml`, with different content.'
  })
  const carried = { directory: 'c', files: [{ path: 'a/conda-lock.yml', content: undefined }], memory: MEMORY }
  await expect(propose([makeBundle({ image: 'a' })], [carried])).rejects.toThrow('The images a and c both have')
})

const MEMORY = { hashes: { 'x.yml': 'h' }, inputs: { 'x/environment.yml': 'i' }, files: ['x.yml'] }

test('all that was locked in one folder is remembered under its name', async () => {
  const [first, other] = [makeBundle(), second('channels: []\ndependencies: []\n')]
  const { images } = await propose([first, other], [{ directory: 'x', files: [], memory: MEMORY }])
  const hash = first.unified.custom[INPUTS_HASH]
  const blobs = [...first.inputFiles, ...other.inputFiles].map(({ path, content }) => [path, blobSha(content)] as const)
  expect(images).toEqual({
    x: MEMORY,
    '.': {
      hashes: { 'conda-lock.yml': hash, 'second.yml': hash },
      inputs: Object.fromEntries(blobs),
      files: [...first.files, ...other.files].map(({ path }) => path)
    }
  })
})

test('what was installed on trial is named with one line for each image that was tried, after a check, too', async () => {
  const tried = (['a', 'b'] as const).map(image => ({ ...makeBundle({ image }), trialPrefix: `/left/${image}/prefix` }))
  const compared = await compare([...tried, makeBundle({ image: 'c' })])
  const rest = { errors: [], seconds: {} }
  const bundled = outputsOf({ kind: 'compared', ...compared, ...rest, delivery: { operation: 'bundled', folder: 'x' } })
  expect(bundled['trial-prefix']).toBe('/left/a/prefix\n/left/b/prefix')
  const delivery = { operation: 'checked', findings: [] } as const
  const found = { kind: 'checked', delivery, reports: [], locked: [], ...rest } as const
  expect(outputsOf({ ...found, trialPrefixes: ['/left/a/prefix'] })['trial-prefix']).toBe('/left/a/prefix')
  expect(outputsOf({ ...found, trialPrefixes: [] })['trial-prefix']).toBe('')
})

/** Delivers what a run has locked itself into a checkout, and gives the files that are there then. */
async function deliverInto(
  bundles: readonly Bundle[],
  {
    links = {},
    dryRun = false,
    mode = 'files'
  }: { links?: Record<string, string>; dryRun?: boolean; mode?: string } = {}
) {
  const workspace = await mkdtemp(join(tmpdir(), 'images-'))
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true })
    await symlink(target, join(workspace, path))
    await writeFile(join(workspace, path), 'old')
  }
  const rest = { failed: [], carried: [], observation: { kind: 'nothing' }, isOwn: true } as const
  const runner = { ...RUNNER, workspace }
  const job = { inputs: inputsOf({ mode }, runner), runner, deadline: startDeadline(1) }
  const images = bundles.map(bundle => ({ bundle, previous: NOTHING }))
  const error = await deliver({ images, ...rest }, { ...job, condaLock: standInLock([]), dryRun }).then(
    () => undefined,
    messageOf
  )
  const paths = Object.keys(await snapshot(workspace)).sort()
  await rm(workspace, { recursive: true })
  return { error, paths }
}

test.each([
  ['by its name', {}],
  ['by a link', { 'other/NBenvironment.yml': '../NBenvironment.yml' }]
])('a file that two images of a checkout share %s is put into place once', async (_how, links) => {
  const [path] = Object.keys(links)
  const other = second(OWN)
  const files = other.files.map(file =>
    file.path === 'NBenvironment.yml' ? { ...file, path: path ?? file.path } : file
  )
  const { error, paths } = await deliverInto([makeBundle(), { ...other, files }], { links })
  expect(error).toBeUndefined()
  expect(paths).toEqual(expect.arrayContaining(['NBenvironment.yml', 'conda-lock.yml', 'second-conda-lock.yml']))
})

test('two images that want one file to be different change nothing in the checkout', async () => {
  const other = second(OWN)
  const files = other.files.map(file =>
    file.path === 'NBenvironment.yml' ? { ...file, content: Buffer.from('x') } : file
  )
  const { error, paths } = await deliverInto([makeBundle(), { ...other, files }])
  expect(error).toContain('both have `NBenvironment.yml`, with different content')
  expect(paths).toEqual([])
})

test.each(['files', 'lock'])('with --dry-run nothing is written by `mode: %s`', async mode => {
  expect(await deliverInto([makeBundle()], { mode, dryRun: true })).toEqual({ error: undefined, paths: [] })
  expect((await deliverInto([makeBundle()], { mode })).paths).not.toEqual([])
})

/** The warnings of a run for images that had locked these packages, in which `upgrade` names some. */
async function warningsOf(before: readonly string[], names: readonly string[], failed: readonly string[] = []) {
  const upgrades = names.map(name => ({
    ...{ platform: 'linux-64', name, asked: name, isLocked: false, newest: undefined },
    holders: []
  }))
  const images = before.map((name, index) => ({
    bundle: makeBundle({ image: `image-${index}`, steered: { ...NO_STEERING, upgrades } }),
    previous: factsOf({ before: lock(`${name} 1.0 pip`), after: [] }).previous
  }))
  const rest = { failed, carried: [], observation: { kind: 'nothing' }, isOwn: true } as const
  const job = { inputs: inputsOf({ mode: 'files' }), runner: RUNNER, deadline: startDeadline(1), dryRun: true }
  const printing = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  await deliver({ images, ...rest }, { ...job, condaLock: standInLock([]) })
  const printed = printing.mock.calls.map(([text]) => String(text))
  printing.mockRestore()
  return printed.filter(text => text.startsWith('warning: ')).map(text => text.slice('warning: '.length).trim())
}

test('what `upgrade` names is missed only if no image has it, and is told once', async () => {
  expect(await warningsOf(['rich', 'humanize'], ['rich', 'opensll'])).toEqual([
    '`upgrade: opensll`: `opensll` was not locked until now, so there is nothing to upgrade.'
  ])
})

test('what an image has that could not be locked is not said to be missed', async () => {
  expect(await warningsOf(['rich'], ['opensll'], ['image-1'])).toEqual([])
})
