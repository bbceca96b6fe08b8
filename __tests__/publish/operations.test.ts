/** docs/operations.md, row by row: what happens for each state of branch, pull request and content. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { ENVIRONMENT, HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

/** A stage whose first run has opened a pull request with lock 1. */
async function withOpen(): Promise<Stage> {
  const stage = await setStage(fake)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created', pull: { number: 1 } })
  return stage
}

const commits = async ({ repository }: Stage) => [await repository.head(HEAD), await repository.head('main')]

test.concurrent('no pull request; nothing to propose: none', async () => {
  const stage = await setStage(fake)
  const { files } = propose('1')
  await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
  expect(await stage.run(propose('1'))).toEqual({ operation: 'none' })
  expect(await stage.repository.branches()).toEqual(['main'])
})

test.concurrent('no branch: created, with one commit on the base that has exactly the files that differ', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'NBenvironment.yml': '# same inputs\n' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  const [head, base] = await commits(stage)
  expect(await stage.repository.parents(head ?? '')).toEqual([base])
  expect(await stage.repository.message(head ?? '')).toMatch(
    /^Update conda lockfiles\n\nConda-Lock-Sync: [0-9a-f]{40}$/
  )
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test.concurrent('no pull request; a branch that a run left behind when it broke off: created from there', async () => {
  const stage = await setStage(fake)
  fake.inject({ method: 'POST', path: new RegExp(`${stage.repository.fullName}/pulls$`), times: 1, status: 403 })
  await expect(stage.run(propose('1'))).rejects.toThrow('GitHub did not open the pull request')
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'created' })
  expect(await openLocks(stage.repository)).toEqual(['2'])
})

test.concurrent(
  'no pull request; a branch of that name with commits of others: blocked, or replaced with overwrite',
  async () => {
    const stage = await setStage(fake)
    const theirs = await stage.repository.commit({ a: 'theirs' }, { branch: HEAD })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'blocked', pull: undefined })
    expect(await stage.repository.head(HEAD)).toBe(theirs)
    expect(await stage.run(propose('1'), { overwrite: true })).toMatchObject({ operation: 'created' })
    expect(await openLocks(stage.repository)).toEqual(['1'])
  }
)

test.concurrent(
  'open, and the branch has only the own commit; the same proposal: unchanged, even when the base has moved elsewhere',
  async () => {
    const stage = await withOpen()
    await stage.repository.commit({ README: 'A better image.\n' })
    const before = await commits(stage)
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged', pull: { number: 1 } })
    expect(await commits(stage)).toEqual(before)
  }
)

test.concurrent(
  'open, and the branch has only the own commit; another proposal: updated, on the base of this moment, and what people changed stays',
  async () => {
    const stage = await withOpen()
    const base = await stage.repository.commit({ README: 'A better image.\n' })
    await stage.repository.editPull(1, { title: 'New packages!' })
    const run = stage.run(propose('2'), {
      labels: ['dependencies'],
      reviewers: ['alice'],
      title: 'Title of the workflow'
    })
    expect(await run).toMatchObject({ operation: 'updated', pull: { number: 1 } })
    expect(await openLocks(stage.repository)).toEqual(['2'])
    expect(await stage.repository.parents((await stage.repository.head(HEAD)) ?? '')).toEqual([base])
    expect(await stage.repository.pulls()).toMatchObject([{ title: 'New packages!', labels: [], reviewers: [] }])
  }
)

test.concurrent(
  'open, and the branch has only the own commit; a file that is to go is gone there: unchanged',
  async () => {
    const stage = await setStage(fake)
    await stage.repository.commit({ 'NBenvironment.yml': 'of a platform that is no longer locked' })
    const [, ...files] = propose('1').files
    const proposal = { ...propose('1'), files: [{ path: 'NBenvironment.yml', content: undefined }, ...files] }
    expect(await stage.run(proposal)).toMatchObject({ operation: 'created' })
    expect(await stage.repository.files(HEAD)).not.toContain('NBenvironment.yml')
    expect(await stage.run(proposal)).toMatchObject({ operation: 'unchanged' })
  }
)

test.concurrent(
  'another proposal, and the memory was edited away: updated, since the commit tells whose it is',
  async () => {
    const stage = await withOpen()
    await stage.repository.editPull(1, { body: 'Let us wait with this.' })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent(
  'open, and the branch has only the own commit; a run broke off between branch and text: updated, so that they agree again',
  async () => {
    const stage = await withOpen()
    fake.inject({ method: 'PATCH', path: new RegExp(`${stage.repository.fullName}/pulls/1$`), times: 1, status: 403 })
    await expect(stage.run(propose('2'))).rejects.toThrow('GitHub did not update pull request #1')
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent(
  'nothing left to change: closed with a reason, and the branch deleted; later news open a new one',
  async () => {
    const stage = await withOpen()
    const { files } = propose('1')
    await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'closed', pull: { number: 1 } })
    expect(await stage.repository.branches()).toEqual(['main'])
    expect(await stage.repository.comments(1)).toEqual([
      '<!-- conda-lock-sync: closed -->\n`main` has everything as it was locked now, so there is nothing left to propose, and this pull request is closed.'
    ])
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
  }
)

test.concurrent(
  'open, and others have committed to the branch; another proposal: blocked, with one comment however often, and their commits stay',
  async () => {
    const stage = await withOpen()
    const theirs = await stage.repository.commit({ 'conda-lock.yml': 'repaired by hand' }, { branch: HEAD })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked', pull: { number: 1 } })
    expect(await stage.run(propose('3'))).toMatchObject({ operation: 'blocked', pull: { number: 1 } })
    expect(await stage.repository.head(HEAD)).toBe(theirs)
    const comments = await stage.repository.comments(1)
    expect(comments).toHaveLength(1)
    expect(comments[0]?.replace(theirs.slice(0, 7), 'abc1234').replaceAll(fake.url, 'https://github.com')).toBe(
      [
        '<!-- conda-lock-sync: blocked -->',
        "**Not updated.** The branch `conda-lock-sync` has commits that are not this action's (the last is abc1234); they stay, and nothing was pushed.",
        '',
        'Merge or close the pull request, or delete the branch, and the next run starts afresh; `overwrite: true` lets runs replace such commits.',
        '',
        `Last seen by [this run](https://github.com/${stage.repository.fullName}/actions/runs/1).`
      ].join('\n')
    )
  }
)

test.concurrent(
  'open, and others have committed to the branch; a merge of the base that changes none of the files: updated',
  async () => {
    const stage = await withOpen()
    const head = (await stage.repository.head(HEAD)) ?? ''
    const base = await stage.repository.commit({ README: 'A better image.\n' })
    const github = stage.connect()
    const [owner = '', repo = ''] = stage.repository.fullName.split('/')
    const { data } = await github.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
      owner,
      repo,
      commit_sha: head
    })
    const message = `${data.message}\n\nMerge main`
    const merge = await github.request('POST /repos/{owner}/{repo}/git/commits', {
      owner,
      repo,
      message,
      tree: data.tree.sha,
      parents: [head, base]
    })
    await github.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      owner,
      repo,
      ref: `heads/${HEAD}`,
      sha: merge.data.sha
    })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    expect(await stage.repository.parents((await stage.repository.head(HEAD)) ?? '')).toEqual([base])
  }
)

test.concurrent('open, and others have committed to the branch; another proposal with overwrite: updated', async () => {
  const stage = await withOpen()
  await stage.repository.commit({ a: 'theirs' }, { branch: HEAD })
  expect(await stage.run(propose('2'), { overwrite: true })).toMatchObject({ operation: 'updated' })
  expect(await openLocks(stage.repository)).toEqual(['2'])
  expect(await stage.repository.files(HEAD)).not.toContain('a')
})

test.concurrent(
  'open, and others have committed to the branch; the proposal is still there, beside their commits: unchanged',
  async () => {
    const stage = await withOpen()
    const theirs = await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
    expect(await stage.repository.head(HEAD)).toBe(theirs)
  }
)

test.concurrent(
  'open, and others have committed to the branch; nothing left to change: blocked, and neither closed nor deleted',
  async () => {
    const stage = await withOpen()
    const theirs = await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
    const { files } = propose('1')
    await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'blocked', pull: { state: 'open' } })
    expect(await stage.repository.head(HEAD)).toBe(theirs)
  }
)

test.concurrent(
  'the same inputs: declined, even with newer builds, and even when the branch was deleted then',
  async () => {
    const stage = await withOpen()
    await stage.repository.closePull(1)
    expect(await stage.run(propose('newer builds'))).toMatchObject({ operation: 'declined', pull: { number: 1 } })
    await stage.repository.deleteBranch(HEAD)
    expect(await stage.run(propose('newer builds'))).toMatchObject({ operation: 'declined', pull: { number: 1 } })
    expect(await stage.repository.pulls()).toHaveLength(1)
  }
)

test.concurrent(
  'closed unmerged by a person; other inputs: created anew, from the branch that is still there',
  async () => {
    const stage = await withOpen()
    await stage.repository.closePull(1)
    expect(await stage.run(propose('2', 'other inputs'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent('closed unmerged by a person; other inputs, and their commits on the branch: blocked', async () => {
  const stage = await withOpen()
  const theirs = await stage.repository.commit({ notes: 'theirs' }, { branch: HEAD })
  await stage.repository.closePull(1)
  expect(await stage.run(propose('2', 'other inputs'))).toMatchObject({ operation: 'blocked' })
  expect(await stage.repository.head(HEAD)).toBe(theirs)
})

test.concurrent('closed unmerged by a person; nothing left to change: none', async () => {
  const stage = await withOpen()
  await stage.repository.closePull(1)
  const { files } = propose('1')
  await stage.repository.commit(Object.fromEntries(files.map(file => [file.path, file.content ?? null])))
  expect(await stage.run(propose('1'))).toEqual({ operation: 'none' })
})

test.concurrent(
  'over; merged: none; then with news created anew, whether or not the branch is still there',
  async () => {
    const stage = await withOpen()
    await stage.repository.merge(1)
    expect(await stage.run(propose('1'))).toEqual({ operation: 'none' })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
    expect(await openLocks(stage.repository)).toEqual(['2'])
    await stage.repository.merge(2)
    await stage.repository.deleteBranch(HEAD)
    expect(await stage.run(propose('3'))).toMatchObject({ operation: 'created', pull: { number: 3 } })
    expect(await openLocks(stage.repository)).toEqual(['3'])
  }
)

test.concurrent('over; the branch deleted under the open pull request: created anew', async () => {
  const stage = await withOpen()
  await stage.repository.deleteBranch(HEAD)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
  expect(await openLocks(stage.repository)).toEqual(['1'])
})

test.concurrent(
  'the base is not what was locked; its environment file differs from the start: superseded',
  async () => {
    const stage = await setStage(fake)
    await stage.repository.commit({ 'environment.yml': `${ENVIRONMENT}# more\n` })
    expect(await stage.run(propose('1'))).toMatchObject({
      operation: 'superseded',
      reason: { message: 'The files on `main` are no longer those that this run has worked with.' }
    })
    expect(await stage.repository.branches()).toEqual(['main'])
  }
)

test.concurrent(
  'the base is not what was locked; a file of ours changes there while the run is at work: superseded',
  async () => {
    const stage = await setStage(fake)
    const before = async () => {
      await stage.repository.commit({ 'locks/conda-linux-64.lock': 'by hand' })
    }
    fake.inject({ method: 'GET', path: new RegExp(`${stage.repository.fullName}/commits/`), times: 1, before })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'superseded' })
    expect(await stage.repository.branches()).toEqual(['main'])
  }
)

test.concurrent(
  'the base is not what was locked; another file changes there while the run is at work: created on top of it',
  async () => {
    const stage = await setStage(fake)
    let moved: string | undefined
    const before = async () => {
      moved = await stage.repository.commit({ README: 'A better image.\n' })
    }
    fake.inject({ method: 'GET', path: new RegExp(`${stage.repository.fullName}/commits/`), times: 1, before })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
    expect(await stage.repository.parents((await stage.repository.head(HEAD)) ?? '')).toEqual([moved])
  }
)

/**
 * Upstream takes one more to resolve the ref, one for each file, and if there is news, one for the lockfile beside it. So with
 * one file: nothing changed 5, new pull request 11, update 12. What is asked at once arrives in any order.
 */
test.concurrent('the calls of a run with default inputs are these, and no more', async () => {
  const stage = await setStage(fake)
  const perRun = async (lock: string) => {
    const before = stage.calls().length
    const { operation } = await stage.run(propose(lock))
    const calls = stage.calls().slice(before)
    return [operation, ...calls.map(call => call.replace(/(?<=^GET \/git\/trees\/).*/, 'SHA')).sort()]
  }
  const made = (operation: string, ...calls: string[]) => [operation, ...calls.sort()]
  const observe = ['GET /git/ref/heads%2Fmain', 'GET /git/trees/SHA', 'GET /pulls']
  const queue = 'GET /git/matching-refs/heads%2Fgh-readonly-queue%2Fmain%2F'
  const commit = ['GET /commits/heads%2Fmain', 'POST /git/trees', 'POST /git/commits']
  const open = ['POST /git/refs', 'POST /pulls']
  const update = ['POST /graphql', 'PATCH /pulls/1']
  expect(await perRun('1')).toEqual(made('created', ...observe, ...commit, ...open))
  expect(await perRun('1')).toEqual(made('unchanged', ...observe))
  expect(await perRun('2')).toEqual(made('updated', ...observe, queue, ...commit, ...update))
  await stage.repository.merge(1)
  // The base branch has a folder with a lockfile by now, which by default it has not.
  expect(await perRun('2')).toEqual(made('none', ...observe, 'GET /git/trees/SHA'))
  // A merged branch that was not deleted is moved, with no attempt to make it.
  const leftover = (await stage.repository.head(HEAD)) ?? ''
  const take = ['GET /git/ref/heads%2Fconda-lock-sync', `GET /git/commits/${leftover}`, 'POST /graphql', 'POST /pulls']
  expect(await perRun('3')).toEqual(made('created', ...observe, 'GET /git/trees/SHA', ...take, ...commit))
})
