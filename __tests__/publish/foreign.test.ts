/** Two workflows that share a branch do not throw each other's image out of the pull request. */
import { afterAll, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import type { Proposal } from '../../src/publish/proposal.js'
import { startGitHub } from '../support/github.js'
import { openLocks, propose, setStage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

const INPUT = '1'.repeat(40)

/** A proposal for these folders, each with an environment file and a lockfile. */
function proposeFor(lock: string, ...folders: readonly string[]): Proposal {
  const images = folders.map(folder => {
    const hashes = { [`${folder}/conda-lock.yml`]: 'hash' }
    return [folder, { hashes, inputs: { [`${folder}/environment.yml`]: INPUT }, files: [] }] as const
  })
  return { ...propose(lock), images: Object.fromEntries(images) }
}

/** A stage where the base branch has two images, and an open pull request proposes these. */
async function withOpen(...folders: readonly string[]) {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'cpu/environment.yml': 'a', 'gpu/environment.yml': 'b' })
  await stage.run(proposeFor('1', ...folders))
  return stage
}

test.concurrent(
  'the open pull request is for another folder: an error that names both, and nothing moves',
  async () => {
    const stage = await withOpen('cpu')
    const refused = await stage.run(proposeFor('2', 'gpu')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(SyncError)
    expect(refused).toMatchObject({
      kind: 'github',
      message:
        'Pull request #1 from `conda-lock-sync` proposes `cpu/conda-lock.yml`, and this run is for `gpu/conda-lock.yml` only.',
      hint: expect.stringContaining('Give each workflow a `branch` of its own')
    })
    expect(await openLocks(stage.repository)).toEqual(['1'])
  }
)

test.concurrent('it has nothing to propose for its own folder: the same, and the other is not closed', async () => {
  const stage = await withOpen('cpu')
  await stage.repository.commit(
    Object.fromEntries(propose('2').files.map(({ path, content }) => [path, content ?? null]))
  )
  await expect(stage.run(proposeFor('2', 'gpu'))).rejects.toThrow('is for `gpu/conda-lock.yml` only')
  expect(await stage.repository.pulls()).toMatchObject([{ state: 'open' }])
})

test.concurrent('the open pull request has another image besides: an error as well', async () => {
  const stage = await withOpen('cpu', 'gpu')
  await expect(stage.run(proposeFor('2', 'gpu'))).rejects.toThrow('proposes `cpu/conda-lock.yml`')
})

test.concurrent('the other image could not be locked this time: updated', async () => {
  const stage = await withOpen('cpu', 'gpu')
  expect(await stage.run({ ...proposeFor('2', 'gpu'), failed: ['cpu'] })).toMatchObject({ operation: 'updated' })
})

test.concurrent('the other image is gone from the base branch: updated, without it', async () => {
  const stage = await withOpen('cpu', 'gpu')
  await stage.repository.commit({ 'cpu/environment.yml': null })
  expect(await stage.run(proposeFor('2', 'gpu'))).toMatchObject({ operation: 'updated' })
})

test.concurrent('one more image than before: updated', async () => {
  const stage = await withOpen('cpu')
  expect(await stage.run(proposeFor('2', 'cpu', 'gpu'))).toMatchObject({ operation: 'updated' })
})

test.concurrent.each([
  ['.', 'conda-lock-sync'],
  ['images/gpu', 'conda-lock-sync-images-gpu'],
  ['.binder', 'conda-lock-sync-binder'],
  ['a b~1..lock', 'conda-lock-sync-a-b-1-lock']
])('without `branch`, the folder %s has the branch %s', async (folder, branch) => {
  const stage = await setStage(fake, { inputs: { folder } })
  expect(await stage.observe()).toMatchObject({ branches: { head: branch } })
})

test.concurrent('a folder on another base than the default branch has a branch of its own, too', async () => {
  const stage = await setStage(fake, { inputs: { folder: 'gpu', base: 'dev' } })
  await stage.repository.commit({ README: 'dev' }, { branch: 'dev' })
  expect(await stage.observe()).toMatchObject({ branches: { head: 'conda-lock-sync-gpu--dev' } })
})
