/** The example workflow for `/relock`, run by `act`; what stands for what, see `examples.e2e.test.ts`. */
import { afterAll, expect, test } from '@jest/globals'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { ActRun } from '../support/act.js'
import type { Pull, Repository, Role } from '../support/github.js'
import { SETTINGS_FILE } from '../support/configured.js'
import { settingsExample, startWorkplace } from '../support/workflows.js'
import { environment } from '../support/world.js'

const place = await startWorkplace()
afterAll(() => place.close())

interface Comment {
  readonly text: string
  readonly login: string
  /** What GitHub says of the author: `NONE` and `CONTRIBUTOR` are strangers. */
  readonly association: string
}

interface Case {
  readonly repository: Repository
  readonly pull: Pull
  /** Comments on the pull request as somebody with this role, who is called so unless a name is given. */
  readonly comment: (role: Role, more?: Partial<Comment>) => Promise<ActRun>
  /** What has been answered so far. */
  readonly answers: () => Promise<string[]>
}

/** A repository with a pull request that asks for a package, or for whatever its environment file says. */
async function openCase(name: string, own = environment('sunpy', 'aiapy'), branch = 'topic'): Promise<Case> {
  const files = { 'environment.yml': environment('sunpy'), [SETTINGS_FILE]: await settingsExample() }
  const repository = await place.github.addRepository(`example-org/${name}`, files, { private: true })
  await repository.commit({ 'environment.yml': own }, { branch })
  const pull = await repository.propose(branch)
  return {
    repository,
    pull,
    comment: (role, { text = '/relock', login = role, association = 'COLLABORATOR' } = {}) => {
      repository.setRole(login, role)
      const issue = { number: pull.number, pull_request: { url: 'https://example.com' } }
      const comment = { body: text, user: { login }, author_association: association }
      const payload = { action: 'created', issue, comment }
      return place.run({ example: 'relock-comment', repository, event: 'issue_comment', payload })
    },
    answers: () => repository.comments(pull.number)
  }
}

/** The jobs whose tokens have changed something on GitHub. */
function writers({ fullName }: Repository): string[] {
  const token = `relock-comment-of-${basename(fullName)}-`
  const writes = place.github.calls.filter(call => call.method !== 'GET' && call.token?.startsWith(token) === true)
  return [...new Set(writes.map(call => call.token?.slice(token.length) ?? ''))]
}

const run = ({ fullName }: Repository) => `${place.github.url}/${fullName}/actions/runs/1`

test.concurrent('locks for a maintainer, commits to the branch whatever it is called, and answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'))
  const branch = `x$(touch\${IFS}${folder}/pwned)\`touch\${IFS}${folder}/pwned\`";touch\${IFS}${folder}/pwned;"`
  const { repository, pull, comment, answers } = await openCase('asked', undefined, branch)

  const { succeeded } = await comment('maintain')

  expect(succeeded).toBe(true)
  expect(await repository.parents((await repository.head(branch)) ?? '')).toEqual([pull.head.sha])
  expect(await repository.read('conda-lock.yml', branch)).toContain('aiapy')
  expect(await repository.read('conda-linux-64.lock', branch)).toContain('aiapy')
  expect(await repository.read('conda-lock.yml', 'main')).toBeUndefined()
  expect(await answers()).toEqual([`Committed to the branch: 8 added. [Run](${run(repository)})`])
  expect(writers(repository)).toEqual(['publish', 'answer'])
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})

test.concurrent('does nothing for a collaborator who may not push, and says so', async () => {
  const { repository, pull, comment, answers } = await openCase('not-allowed')
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'))

  const { printed } = await comment('triage')
  await comment('read', { login: `";touch\${IFS}${folder}/pwned;"$(touch\${IFS}${folder}/pwned)` })

  expect(printed).not.toContain('relock/lock')
  const failure = `\`/relock\` failed; [the run](${run(repository)}) says why.`
  expect(await answers()).toEqual(['Only people who may push can ask for `/relock`.', failure])
  expect(writers(repository)).toEqual(['answer'])
  expect(await repository.head('topic')).toBe(pull.head.sha)
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
})

test.concurrent('does nothing on a branch of another repository, or when the pull request is closed', async () => {
  const { repository, pull, comment, answers } = await openCase('elsewhere')

  repository.moveHead(pull.number, 'stranger/elsewhere')
  await comment('write')
  repository.moveHead(pull.number, undefined)
  await comment('write')
  repository.moveHead(pull.number, repository.fullName)
  await repository.closePull(pull.number)
  await comment('write')

  const refusal = '`/relock` works only on open pull requests whose branch is one of this repository.'
  expect(await answers()).toEqual([refusal, refusal, refusal])
  expect(writers(repository)).toEqual(['answer'])
  expect(await repository.head('topic')).toBe(pull.head.sha)
})

test.concurrent('takes no notice of other comments, nor of strangers: nothing runs, and nobody answers', async () => {
  const { repository, comment, answers } = await openCase('talk')
  const runs = [
    await comment('write', { text: 'Please /relock' }),
    await comment('read', { association: 'NONE' }),
    await comment('read', { association: 'CONTRIBUTOR' })
  ]
  for (const { succeeded, printed } of runs) {
    expect(succeeded).toBe(true)
    expect(printed).not.toContain('[relock/')
  }
  expect(writers(repository)).toEqual([])
  expect(place.github.calls.filter(call => call.token?.startsWith('relock-comment-of-talk') === true)).toEqual([])
  expect(await answers()).toEqual([])
})

test.concurrent('answers with the address of the run when what is asked for cannot or must not be locked', async () => {
  const { repository, comment, answers } = await openCase('unsolvable', environment('no-such-package'))
  await comment('write')
  const foreign = `channels: ["${place.channel}-of-others", conda-forge]\ndependencies: [sunpy]\n`
  const commit = await repository.commit({ 'environment.yml': foreign }, { branch: 'topic' })
  await comment('write')
  const failure = `\`/relock\` failed; [the run](${run(repository)}) says why.`
  expect(await answers()).toEqual([failure, failure])
  expect(writers(repository)).toEqual(['answer'])
  expect(await repository.head('topic')).toBe(commit)
})

test.concurrent('leaves a branch alone that asks for something else by the time of the commit', async () => {
  const { repository, comment, answers } = await openCase('moved')
  let theirs = ''
  place.github.inject({
    path: /^\/repos\/example-org\/moved\/git\/ref\/heads(?:\/|%2F)topic/,
    times: 1,
    before: async () => {
      theirs = await repository.commit({ 'environment.yml': environment('dask') }, { branch: 'topic' })
    }
  })
  await comment('write')
  expect(await repository.head('topic')).toBe(theirs)
  expect((await answers())[0]).toMatch(
    /^Nothing was done, because something has changed meanwhile: it takes another run\./
  )
})

test.concurrent('reads the settings of the default branch, whatever the pull request makes of them', async () => {
  const { repository, comment, answers } = await openCase('widened')
  // The same channel under another address is another channel: nobody has allowed it, and it would lock.
  const other = place.channel.replace('127.0.0.1', 'localhost')
  const widened = `allowed-channels: ["${other}"]\nlockfile: elsewhere.yml\nupstream-files: none\n`
  const commit = await repository.commit(
    { [SETTINGS_FILE]: widened, 'environment.yml': environment('sunpy', 'aiapy') },
    { branch: 'topic' }
  )
  await comment('write')
  expect(await repository.parents((await repository.head('topic')) ?? '')).toEqual([commit])
  expect(await repository.read('elsewhere.yml', 'topic')).toBeUndefined()
  expect(await repository.read('conda-lock.yml', 'topic')).toContain('NBenvironment.yml')

  const foreign = `channels: ["${other}", conda-forge]\ndependencies: [sunpy]\n`
  const evil = await repository.commit({ 'environment.yml': foreign }, { branch: 'topic' })
  await comment('write')
  expect((await answers()).at(-1)).toBe(`\`/relock\` failed; [the run](${run(repository)}) says why.`)
  expect(await repository.head('topic')).toBe(evil)
})
