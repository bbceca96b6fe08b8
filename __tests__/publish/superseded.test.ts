/** A run makes way when something was quicker, and for nothing else; and the second time in a row it says so in red. */
import { afterAll, expect, test } from '@jest/globals'
import { startGitHub, type Content } from '../support/github.js'
import { ENVIRONMENT, HEAD, openLocks, propose, setStage, type Stage } from '../support/publishing.js'

const fake = await startGitHub()
afterAll(() => fake.close())

test.concurrent.each<[string, Record<string, Content>]>([
  ['a link', { 'environment.yml': { link: 'envs/base.yml' }, 'envs/base.yml': ENVIRONMENT }],
  ['a link to a link', { 'environment.yml': { link: 'a' }, a: { link: './envs/../b' }, b: ENVIRONMENT }],
  ['a file that may be executed', { 'environment.yml': { executable: ENVIRONMENT } }]
])('the environment file is %s with the content that was locked: created', async (_what, files) => {
  const stage = await setStage(fake)
  await stage.repository.commit(files)
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'created' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'unchanged' })
})

test.concurrent('the link leads to something else than what was locked: superseded', async () => {
  const stage = await setStage(fake)
  await stage.repository.commit({ 'environment.yml': { link: 'base.yml' }, 'base.yml': 'dependencies: [dask]\n' })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'superseded', because: 'environment.yml' })
})

test.concurrent.each<[string, Record<string, Content>, string]>([
  ['out of the repository', { 'environment.yml': { link: '../base.yml' } }, 'leads out of the repository'],
  ['to an absolute path', { 'environment.yml': { link: '/etc/base.yml' } }, 'leads out of the repository'],
  ['to itself', { 'environment.yml': { link: 'environment.yml' } }, 'in a circle'],
  ['through a folder out of the repository', { locks: { link: '../locks' } }, 'leads out of the repository'],
  ['into a submodule', { locks: { submodule: '1'.repeat(40) } }, '`locks` is a submodule']
])('a link %s is an error that names it', async (_where, files, message) => {
  const stage = await setStage(fake)
  await stage.repository.commit(files)
  const [file] = Object.keys(files)
  const run = stage.run(propose('1'))
  await expect(run).rejects.toMatchObject({ message: expect.stringContaining(message), place: { file } })
})

test.concurrent('a tag has the name of the base branch: the branch counts', async () => {
  const stage = await setStage(fake)
  await stage.repository.tag('main', (await stage.repository.head('main')) ?? '')
  await stage.repository.commit({ 'environment.yml': `${ENVIRONMENT}# more\n` })
  expect(await stage.run(propose('1'))).toMatchObject({ operation: 'superseded' })
})

test.concurrent('says which file is another one, and at which commit', async () => {
  const stage = await setStage(fake)
  const commit = await stage.repository.commit({ 'environment.yml': `${ENVIRONMENT}# more\n` })
  expect(await stage.run(propose('1'))).toMatchObject({
    reason: { hint: expect.stringContaining(`At ${commit.slice(0, 7)} it has another \`environment.yml\`.`) }
  })
})

/** Another file on the base branch before a run looks at it again, to commit on top of it. */
function moveMeanwhile(stage: Stage, path: string, content: string): void {
  const before = async () => {
    await stage.repository.commit({ [path]: content })
  }
  fake.inject({ method: 'GET', path: new RegExp(`${stage.repository.fullName}/commits/`), times: 1, before })
}

test.concurrent('the second time in a row for the same file: repeated; for another one, or later: not', async () => {
  const stage = await setStage(fake)
  const night = async (runNumber: number, path = 'conda-lock.yml') => {
    moveMeanwhile(stage, path, `by hand in night ${runNumber}`)
    return stage.run(propose('1'), {}, { runNumber })
  }
  const superseded = (isRepeated: boolean) => expect.objectContaining({ operation: 'superseded', isRepeated })
  expect(await night(1)).toEqual(superseded(false))
  expect(await night(2, 'NBenvironment.yml')).toEqual(superseded(false))
  expect(await night(3)).toEqual(superseded(false))
  expect(await night(4)).toEqual(superseded(true))
  expect(await night(5)).toEqual(superseded(true))
  expect(await stage.run(propose('1'), {}, { runNumber: 6 })).toMatchObject({ operation: 'created' })
  expect(await night(7)).toEqual(expect.objectContaining({ operation: 'unchanged' }))
  expect(await openLocks(stage.repository)).toEqual(['1'])
  expect(await stage.repository.branches()).toEqual([HEAD, 'main'])
})
