/** A pull request that cannot be merged any more is made anew; one that is merely behind is left alone. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { HEAD, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

/** A stage with lock 1 in an open pull request. */
async function withOpen(): Promise<Stage> {
  const stage = await setStage(fake)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  return stage
}

/** As versions before had it: without what the base branch was. */
async function forgetBase(stage: Stage): Promise<void> {
  const [pull] = await stage.repository.pulls()
  const body = (pull?.body ?? '').replace(/"base":\{[^}]*\{[^}]*\}\},/, '')
  expect(body).not.toBe(pull?.body)
  await stage.repository.editPull(1, { body })
}

for (const [version, prepare] of [
  ['this version', () => Promise.resolve()],
  ['an older version', forgetBase]
] as const) {
  test.concurrent(
    `the base branch gets another lock, the pull request is of ${version}: updated, and can be merged`,
    async () => {
      const stage = await withOpen()
      await prepare(stage)
      const base = await stage.repository.commit({ 'conda-lock.yml': 'by hand\n' })
      await expect(stage.repository.merge(1)).rejects.toThrow('merge conflict')
      expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated', pull: { number: 1 } })
      expect(await stage.repository.parents((await stage.repository.head(HEAD)) ?? '')).toEqual([base])
      expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
      await stage.repository.merge(1)
      expect(await stage.repository.read('conda-lock.yml')).toBe('lock: 1\n')
    }
  )

  test.concurrent(`the base branch has moved elsewhere, the pull request is of ${version}: unchanged`, async () => {
    const stage = await withOpen()
    await prepare(stage)
    const before = await stage.repository.head(HEAD)
    await stage.repository.commit({ README: 'A better image.\n' })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
    expect(await stage.repository.head(HEAD)).toBe(before)
  })
}

test.concurrent('the base branch gets part of what is proposed: updated, with what is left', async () => {
  const stage = await withOpen()
  await stage.repository.commit({ 'conda-lock.yml': 'lock: 1\n' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated' })
  await stage.repository.merge(1)
  expect(await stage.run(propose('1'))).toEqual({ operation: 'none' })
})

test.concurrent('GitHub says that it cannot be merged: updated', async () => {
  const stage = await withOpen()
  await stage.repository.commit({ README: 'A better image.\n' })
  fake.inject({
    method: 'GET',
    path: new RegExp(`${stage.repository.fullName}/pulls/1$`),
    times: 1,
    status: 200,
    body: { number: 1, mergeable: false }
  })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'updated' })
})

test.concurrent('GitHub has not found out yet whether it can be merged: unchanged', async () => {
  const stage = await withOpen()
  await stage.repository.commit({ README: 'A better image.\n' })
  const path = new RegExp(`${stage.repository.fullName}/pulls/1$`)
  fake.inject({ method: 'GET', path, times: 1, status: 200, body: { number: 1, mergeable: null } })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
})

test.concurrent('people have committed, and it cannot be merged: blocked, and their commits stay', async () => {
  const stage = await withOpen()
  const theirs = await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
  await stage.repository.commit({ 'conda-lock.yml': 'by hand\n' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'blocked' })
  expect(await stage.repository.head(HEAD)).toBe(theirs)
})

test.concurrent('a file that may be executed, and a lockfile that is a link, stay what they are', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({
    'NBenvironment.yml': { executable: 'old' },
    'conda-lock.yml': { link: 'shared/lock.yml' },
    locks: { link: 'shared' },
    'shared/lock.yml': 'old'
  })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  await stage.repository.merge(1)
  expect(await stage.repository.entry('NBenvironment.yml')).toMatchObject({ mode: '100755' })
  expect(await stage.repository.entry('conda-lock.yml')).toMatchObject({ mode: '120000' })
  expect(await stage.repository.entry('locks')).toMatchObject({ mode: '120000' })
  expect(await stage.repository.read('shared/lock.yml')).toBe('lock: 1\n')
  expect(await stage.repository.read('shared/conda-linux-64.lock')).toBe('# 1\n')
  expect(await stage.run(propose('1'))).toEqual({ operation: 'none' })
})
