/** Upstream's own lockfile, which is fetched while conda-lock is at work, and which no run depends on. */
import { afterAll, expect, jest, test } from '@jest/globals'
import { EventEmitter, once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { connect } from '../../src/github/client.js'
import { makePlan } from '../../src/lock/plan.js'
import { startDeadline } from '../../src/runner/deadline.js'
import { prepareUpstreamVersions } from '../../src/sync/upstream-versions.js'
import { makeBundle } from '../support/bundles.js'
import { startGitHub, type Fault } from '../support/github.js'
import { inputsOf, ownFiles } from '../support/inputs.js'
import { inQuickTime } from '../support/quick-time.js'
import { addUpstream, setScene, type Scene } from '../support/scenes.js'

const fake = await startGitHub()
const upstream = await addUpstream(fake)
const scenes: Scene[] = []
afterAll(() => Promise.all([fake.close(), ...scenes.map(scene => scene.close())]))

async function firstRun(): Promise<Scene> {
  const scene = await setScene(fake, upstream, 'first pull request')
  scenes.push(scene)
  return scene
}

/** Lets something happen to the requests for upstream's lockfile. */
function strike({ tokens }: Scene, fault: Omit<Fault, 'path'>): void {
  fake.inject({ path: /pangeo-notebook\/conda-lock\.yml/, token: tokens[1], ...fault })
}

test.concurrent("upstream's lockfile is asked for before conda-lock has locked anything", async () => {
  const scene = await firstRun()
  const events = new EventEmitter()
  const asked = once(events, 'asked')
  const before = () => Promise.resolve(void events.emit('asked'))
  strike(scene, { before })
  const answer = jest.fn(async () => {
    await asked
    return { seconds: 0 }
  })
  expect(await scene.run({ command: 'fetch', answer })).toBe('created')
  expect(answer).toHaveBeenCalledTimes(1)
})

test.each<[string, Omit<Fault, 'path'>, string]>([
  ['is refused', { status: 403, body: { message: 'no' } }, 'GitHub did not give pangeo-notebook/conda-lock.yml'],
  ['comes without content', { status: 204, body: '' }, 'its answer was of no use']
])("upstream's lockfile %s: the pull request says so, and is there", async (_what, fault, told) => {
  const scene = await firstRun()
  strike(scene, fault)
  expect(await inQuickTime(() => scene.run())).toBe('created')
  expect((await scene.repository.pulls())[0]?.body).toContain(told)
})

test("upstream's lockfile fails early and nobody needs it: no error, and none that nobody handles", async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', note)
  const bundle = makeBundle()
  const contents = new Map(bundle.files.flatMap(({ path, content }) => (content ? [[path, content] as const] : [])))
  const inputs = inputsOf({ 'upstream-files': 'pangeo-notebook/environment.yml: NBenvironment.yml' })
  const github = connect({ apiUrl: fake.apiUrl, token: undefined, deadline: startDeadline(1), log: () => undefined })
  const asked = jest.spyOn(github, 'request').mockRejectedValue(new TypeError('a defect'))
  const readVersions = prepareUpstreamVersions(
    {
      plan: makePlan(inputs, bundle.upstream, ownFiles(bundle.inputFiles), []),
      observation: { kind: 'nothing' },
      previous: { contents, blobs: new Map(), metadata: {} },
      upstreamSource: inputs.upstream && { github, inputs: inputs.upstream }
    },
    inputs
  )
  expect(asked).toHaveBeenCalledTimes(1)
  // What nobody handles is told before this.
  await setImmediate()
  expect(await readVersions(bundle)).toEqual([])
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
