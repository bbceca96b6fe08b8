/** What a repository has locked before it adopts the action counts, whatever kind of lockfile that is. */
import { afterAll, expect, test } from '@jest/globals'
import { annotations, environment, PACKAGES, startChannel, startWorld, type Project } from '../support/world.js'

const world = await startWorld()
const moved = await startChannel()
afterAll(() => Promise.all([world.close(), moved.close()]))

/** A repository with only what `conda-lock -k explicit` has written, in a channel that has newer builds of everything. */
async function startExplicit(name: string): Promise<Project> {
  const project = await world.project(name, { channel: moved, own: { 'environment.yml': environment('dask', 'pip') } })
  await project.settle()
  await project.own.commit({ 'conda-lock.yml': null, 'NBenvironment.yml': null })
  return project
}

test('an explicit lockfile alone is what the first pull request is compared with, and minimal starts from it', async () => {
  const project = await startExplicit('explicit-only')
  const same = await project.run()
  expect(annotations(same, 'error')).toEqual([])
  expect(same.outputs).toMatchObject({ operation: 'created', added: '0', removed: '0', rebuilt: '0' })
  const [first] = await project.openPulls()
  expect(first?.body).toContain('**No package changed.**')
  expect(first?.body).toContain('Compared with `conda-linux-64.lock`: there was no `conda-lock.yml`.')
  expect(first?.body).not.toContain('First lock')

  await moved.publish([...PACKAGES.map(spec => ({ ...spec, buildNumber: 7 })), { name: 'pot', version: '1' }])
  await project.own.commit({ 'environment.yml': environment('dask', 'pip', 'pot') })
  const minimal = await project.run({ inputs: { update: 'minimal' } })
  expect(minimal.outputs).toMatchObject({ operation: 'updated', added: '1', rebuilt: '0' })
  const [second] = await project.openPulls()
  expect(second?.body).toContain('**1 package added on `linux-64`.**')
  expect(second?.body).toContain('no package of the old lockfile had to move')
  expect(second?.body).not.toContain('Virtual package')
})
