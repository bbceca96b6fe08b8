/** What others do to the action's branch and pull request: people decide, buttons and bots do not. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub } from '../support/github.js'
import { HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

async function withOpen(): Promise<Stage> {
  const stage = await setStage(fake)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  return stage
}

/** The base branch moves, and somebody presses the button. */
async function updateBranch(stage: Stage, content: string, how?: 'merge' | 'rebase'): Promise<string> {
  await stage.repository.commit({ README: content })
  return stage.repository.updateBranch(1, how)
}

const BUTTONS: readonly (readonly [string, (stage: Stage) => Promise<string>])[] = [
  ['merged', stage => updateBranch(stage, 'A')],
  ['rebased', stage => updateBranch(stage, 'A', 'rebase')],
  ['merged twice', async stage => [await updateBranch(stage, 'A'), await updateBranch(stage, 'B')].join()],
  [
    'rebased, then merged',
    async stage => [await updateBranch(stage, 'A', 'rebase'), await updateBranch(stage, 'B')].join()
  ]
]

test.concurrent.each(BUTTONS)(
  '"Update branch" has %s: unchanged, and news are built anew on the base',
  async (_how, press) => {
    const stage = await withOpen()
    await press(stage)
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
    expect(await stage.run(propose('2'))).toMatchObject({ operation: 'updated' })
    const [head, base] = [await stage.repository.head(HEAD), await stage.repository.head('main')]
    expect(await stage.repository.parents(head ?? '')).toEqual([base])
    expect(await openLocks(stage.repository)).toEqual(['2'])
  }
)

test.concurrent('"Update branch", and nothing is left to propose: closed', async () => {
  const stage = await withOpen()
  await updateBranch(stage, 'A')
  await stage.repository.commit(
    Object.fromEntries(propose('1').files.map(({ path, content }) => [path, content ?? null]))
  )
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'closed' })
})

test.concurrent.each<[string, (stage: Stage) => Promise<unknown>]>([
  [
    'a commit before the button',
    async stage => stage.repository.commit({ notes: 'theirs' }, { branch: HEAD }).then(() => updateBranch(stage, 'A'))
  ],
  [
    'a commit after it',
    async stage => updateBranch(stage, 'A').then(() => stage.repository.commit({ notes: 'theirs' }, { branch: HEAD }))
  ],
  [
    'another lock after it',
    async stage =>
      updateBranch(stage, 'A').then(() => stage.repository.commit({ 'conda-lock.yml': 'by hand' }, { branch: HEAD }))
  ],
  ['no change but a commit', async stage => stage.repository.commit({}, { branch: HEAD, message: 'Start CI' })],
  [
    'a message of the action and another content',
    async stage => stage.repository.commit({ notes: 'x' }, { branch: HEAD, message: 'Update\n\nConda-Lock-Sync: 0' })
  ]
])('a person has made %s: blocked, and it stays', async (_what, act) => {
  const stage = await withOpen()
  await act(stage)
  const before = await stage.repository.head(HEAD)
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
  expect(await stage.repository.head(HEAD)).toBe(before)
})

test.concurrent(
  'a formatter changes a file of the action: the comment says which, who, and how to exclude it',
  async () => {
    const stage = await withOpen()
    const files = { 'NBenvironment.yml': '# same inputs, but nicer\n' }
    await stage.repository.commit(files, { branch: HEAD, author: 'pre-commit-ci[bot]', message: 'auto fixes' })
    expect(await stage.run(propose('1'))).toMatchObject({ operation: 'blocked' })
    const [comment, ...others] = await stage.repository.comments(1)
    expect(others).toEqual([])
    expect(comment).toContain('`pre-commit-ci[bot]` changed `NBenvironment.yml`, which the action keeps byte for byte')
    expect(comment).toContain(
      '```yaml\nexclude: ^(NBenvironment\\.yml|conda-lock\\.yml|locks/conda-linux-64\\.lock)$\n```'
    )
  }
)

test.concurrent('a bot that changes no file of the action gets no advice', async () => {
  const stage = await withOpen()
  await stage.repository.commit({ notes: 'x' }, { branch: HEAD, author: 'renovate[bot]' })
  expect(await stage.run(propose('2'))).toMatchObject({ operation: 'blocked' })
  expect((await stage.repository.comments(1))[0]).not.toContain('byte for byte')
})

test.concurrent('a bot has closed it for age: created anew; a person has: declined', async () => {
  const stage = await withOpen()
  await stage.repository.closePull(1, 'stale[bot]')
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created', pull: { number: 2 } })
  await stage.repository.closePull(2, 'alice')
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'declined', pull: { number: 2 } })
})
