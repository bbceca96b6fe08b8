/** What several images propose together. */
import { expect, test } from '@jest/globals'
import type { Bundle } from '../../src/bundle/bundle.js'
import { compareImages, type CarriedImage, type ComparedImages } from '../../src/sync/images.js'
import { outputsOf } from '../../src/sync/outputs.js'
import { proposalOf } from '../../src/sync/proposal.js'
import { INPUTS_HASH } from '../../src/lockfile/propose.js'
import { blobSha } from '../../src/common/files.js'
import { makeBundle, OWN } from '../support/bundles.js'
import { RUNNER } from '../support/inputs.js'

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
