/** GraphQL has one address for all repositories, so its faults need a GitHub of their own. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub, type FakeGitHub, type Fault } from '../support/github.js'
import { openLocks, propose, setStage } from '../support/publishing.js'

const fakes: FakeGitHub[] = []
afterAll(() => Promise.all(fakes.map(fake => fake.close())))

/** A second run, whose moving of the branch goes wrong in the given way. */
async function secondRun(fault: Partial<Fault>) {
  const fake = await startGitHub()
  fakes.push(fake)
  const stage = await setStage(fake)
  await stage.run(propose('1'))
  fake.inject({ method: 'POST', path: /^\/graphql/, times: 1, ...fault })
  return { stage, run: stage.run(propose('2')) }
}

test.concurrent.each([{ status: 502 }, { cut: true }])(
  'the branch is moved, but the answer is lost (%j): it is not taken for a refusal',
  async loss => {
    const { stage, run } = await secondRun({ after: true, ...loss })
    expect(await run).toMatchObject({ operation: 'updated' })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent('GraphQL is out of order: says what was not done, and changes nothing', async () => {
  const body = { data: null, errors: [{ message: "Field 'updateRefs' doesn't exist on type 'Mutation'" }] }
  const { stage, run } = await secondRun({ status: 200, body })
  await expect(run).rejects.toThrow(
    "GitHub did not move the branch `conda-lock-sync`; it answered: Field 'updateRefs' doesn't exist on type 'Mutation'"
  )
  expect(await openLocks(stage.repository)).toEqual(['1'])
})
