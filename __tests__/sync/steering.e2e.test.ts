/** One wish of a maintainer, from the push to the pull request: one line more, and nothing else moves. */
import { expect, test } from '@jest/globals'
import { environment, PACKAGES, startChannel, startWorld } from '../support/world.js'

test('with update: minimal one new line brings one package, and the pull request says so', async () => {
  const world = await startWorld()
  const channel = await startChannel()
  try {
    const { own, run, settle, openPulls } = await world.project('minimal', { channel })
    await settle()
    const newer = PACKAGES.map(spec => ({ ...spec, buildNumber: 7 }))
    await channel.publish([...newer, { name: 'pot', version: '1' }], ['dask-2025.2-pyhd8ed1ab_0.tar.bz2'])
    await own.commit({ 'environment.yml': environment('dask', 'pot') })

    const inputs = { update: 'minimal' }
    const added = await run({ inputs })
    expect(added.outputs).toMatchObject({
      added: '1',
      upgraded: '0',
      downgraded: '0',
      rebuilt: '1',
      operation: 'created'
    })
    const told =
      '1 package of the old lockfile had to move: `dask` from `2025.2 pyhd8ed1ab_0` to `2025.2 pyhd8ed1ab_7`, because the channels no longer have the old file.'
    expect(added.stdout).toContain(told)
    expect(added.summary).toContain(told)
    expect((await openPulls())[0]?.body).toContain(told)

    expect((await run({ inputs })).outputs).toMatchObject({ operation: 'unchanged' })
    await own.merge(1)
    expect((await run({ inputs })).outputs).toMatchObject({ operation: 'none', changed: 'false' })
    expect((await run()).outputs).toMatchObject({ operation: 'created', rebuilt: expect.not.stringMatching(/^0$/) })
  } finally {
    await Promise.all([world.close(), channel.close()])
  }
})
