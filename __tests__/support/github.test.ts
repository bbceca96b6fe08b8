/** What the fake GitHub promises to the tests that stand on it. */
import { createHash } from 'node:crypto'
import { isAnyArrayBuffer } from 'node:util/types'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Octokit } from '@octokit/rest'
import { startGitHub, type FakeGitHub, type Repository } from './github.js'

const here = { owner: 'octo', repo: 'env' }
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const WRITE = { contents: 'write', 'pull-requests': 'write', issues: 'write', actions: 'write' } as const
const SWAP = 'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
const AUTO =
  'mutation ($input: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $input) { clientMutationId } }'

let github: FakeGitHub
let repo: Repository
let octokit: Octokit

beforeEach(async () => {
  github = await startGitHub()
  github.addToken('writer', WRITE)
  octokit = client('writer')
  repo = await github.addRepository('octo/env', { 'environment.yml': 'name: env\n', 'docs/a.md': 'a' })
})

afterEach(() => github.close())

function client(token?: string, baseUrl = github.apiUrl): Octokit {
  return new Octokit({ baseUrl, log: silent, ...(token === undefined ? {} : { auth: token }) })
}

/** The status and the reasons of a refused call; undefined when it wasn't refused. */
async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    const { status, message } = error as { status?: number; message: string }
    return `${status ?? ''} ${message}`
  }
}

async function head(branch: string): Promise<string> {
  const sha = await repo.head(branch)
  if (sha === undefined) throw new Error(`no ${branch}`)
  return sha
}

async function openPull(branch = 'sync', more: { draft?: boolean } = {}): Promise<number> {
  await repo.commit({ 'lock.yml': `lock of ${branch}\n` }, { branch })
  return (await octokit.pulls.create({ ...here, title: 'Sync', body: 'why', head: branch, base: 'main', ...more })).data
    .number
}

test('serves the server url and the Enterprise api url, and records the calls without the prefix', async () => {
  await client('writer', github.url).repos.get(here)
  await octokit.repos.get(here)
  expect(github.calls).toEqual(
    [1, 2].map(() => ({
      method: 'GET',
      path: '/repos/octo/env',
      status: 200,
      token: 'writer',
      bytes: expect.any(Number)
    }))
  )
})

test('takes binary and large files, with the shas of git', async () => {
  const bytes = Buffer.concat([Buffer.from([0, 255, 254]), Buffer.alloc(2_000_000, 'x')])
  await repo.commit({ 'big.bin': bytes, 'docs/a.md': null })
  const file = (await octokit.repos.getContent({ ...here, path: 'big.bin' })).data
  const sha = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
  expect(file).toMatchObject({ sha, size: bytes.length, content: '', encoding: 'none' })
  const raw: unknown = (await octokit.repos.getContent({ ...here, path: 'big.bin', mediaType: { format: 'raw' } })).data
  expect(isAnyArrayBuffer(raw) && Buffer.from(raw).equals(bytes)).toBe(true)
  expect(await repo.files('main')).toEqual(['big.bin', 'environment.yml'])
})

test('gives raw text as text, and resolves branches, tags and the latest release', async () => {
  const raw = await octokit.repos.getContent({ ...here, path: 'environment.yml', mediaType: { format: 'raw' } })
  expect(raw.data).toBe('name: env\n')
  const first = await head('main')
  await repo.tag('v1', first)
  await repo.release('v1')
  const second = await repo.commit({ 'environment.yml': 'name: two\n' }, { message: 'Two' })
  expect((await octokit.repos.getLatestRelease(here)).data.tag_name).toBe('v1')
  expect((await octokit.repos.getCommit({ ...here, ref: 'v1' })).data.sha).toBe(first)
  expect((await octokit.repos.getCommit({ ...here, ref: 'HEAD' })).data.sha).toBe(second)
  expect([await repo.parents(second), await repo.message(second), await repo.read('environment.yml', 'v1')]).toEqual([
    [first],
    'Two',
    'name: env\n'
  ])
})

test('refuses unknown tokens, missing permissions, and what a token does not see', async () => {
  await github.addRepository('octo/secret', { a: 'a' }, { private: true })
  const secret = { owner: 'octo', repo: 'secret' }
  github.addToken('reader', { contents: 'read' }, ['octo/secret'])
  const create = { ref: 'refs/heads/x', sha: await head('main') }
  expect(await refusal(client('wrong').repos.get(here))).toMatch(/^401 Bad credentials/)
  expect(await refusal(client().repos.get(here))).toBeUndefined()
  expect(await refusal(client().repos.get(secret))).toMatch(/^404 /)
  expect(await refusal(client().git.createRef({ ...here, ...create }))).toMatch(/^401 Requires authentication/)
  expect(await refusal(client('reader').repos.getContent({ ...secret, path: 'a' }))).toBeUndefined()
  expect(await refusal(client('reader').pulls.list(secret))).toMatch(/^403 Resource not accessible by integration/)
  expect(await refusal(client('reader').git.createRef({ ...here, ...create }))).toMatch(/^403 Resource not accessible/)
  expect(await refusal(octokit.repos.get({ owner: 'octo', repo: 'missing' }))).toMatch(/^404 /)
  repo.setArchived(true)
  expect(await refusal(octokit.git.createRef({ ...here, ...create }))).toMatch(
    /^403 Repository was archived so is read-only\./
  )
})

test('refuses pull requests as GitHub does', async () => {
  await openPull()
  const open = (changes: { head?: string; base?: string; body?: string }): Promise<string | undefined> =>
    refusal(octokit.pulls.create({ ...here, title: 'Again', head: 'sync', base: 'main', ...changes }))
  await repo.commit({ 'lock.yml': 'other' }, { branch: 'other' })
  await octokit.git.createRef({ ...here, ref: 'refs/heads/same', sha: await head('main') })
  expect(await open({ head: 'octo:sync' })).toMatch(/^422 .*A pull request already exists for octo:sync\./)
  expect(await open({ head: 'same' })).toMatch(/^422 .*No commits between main and same/)
  expect(await open({ head: 'missing' })).toMatch(/^422 .*"field":"head","code":"invalid"/)
  expect(await open({ head: 'other', base: 'missing' })).toMatch(/^422 .*"field":"base","code":"invalid"/)
  expect(await open({ head: 'other', body: 'x'.repeat(65_537) })).toMatch(
    /^422 .*body is too long \(maximum is 65536 characters\)/
  )
  repo.forbidPullRequests(true)
  expect(await open({ head: 'other' })).toMatch(
    /^403 GitHub Actions is not permitted to create or approve pull requests\./
  )
})

test('refuses references and git data as GitHub does', async () => {
  const main = await head('main')
  const sync = await repo.commit({ lock: '1' }, { branch: 'sync' })
  const nothing = '1'.repeat(40)
  const git = octokit.git
  expect(await refusal(git.createRef({ ...here, ref: 'refs/heads/sync', sha: main }))).toMatch(
    /^422 Reference already exists/
  )
  expect(await refusal(git.updateRef({ ...here, ref: 'heads/sync', sha: main }))).toMatch(
    /^422 Update is not a fast forward/
  )
  expect(await refusal(git.updateRef({ ...here, ref: 'heads/none', sha: main }))).toMatch(
    /^422 Reference does not exist/
  )
  expect(await refusal(git.deleteRef({ ...here, ref: 'heads/none' }))).toMatch(/^422 Reference does not exist/)
  const entry = { path: 'a', mode: '100644', type: 'blob', content: 'a' } as const
  expect(await refusal(git.createTree({ ...here, base_tree: nothing, tree: [entry] }))).toMatch(/^422 base_tree is not/)
  expect(await refusal(git.createCommit({ ...here, message: 'x', tree: nothing }))).toMatch(/^422 /)
  repo.protect('sync')
  expect(await refusal(git.updateRef({ ...here, ref: 'heads/sync', sha: sync }))).toMatch(
    /Cannot update this protected ref\./
  )
  expect(await refusal(git.deleteRef({ ...here, ref: 'heads/sync' }))).toMatch(/Cannot delete this protected ref\./)
})

test('moves a branch by compare-and-swap', async () => {
  const [main, one, two] = [
    await head('main'),
    await repo.commit({ a: '1' }, { branch: 'sync' }),
    await repo.commit({ a: '2' })
  ]
  const { node_id: repositoryId } = (await octokit.repos.get(here)).data
  const swap = (beforeOid: string, afterOid: string, force = true): Promise<string | undefined> =>
    refusal(
      octokit.graphql(SWAP, {
        input: { repositoryId, refUpdates: [{ name: 'refs/heads/sync', beforeOid, afterOid, force }] }
      })
    )
  expect(await swap(main, two)).toMatch(/beforeOid does not match/)
  expect(await swap(one, two, false)).toMatch(/not a fast forward/)
  expect(await repo.head('sync')).toBe(one)
  expect(await swap(one, two)).toBeUndefined()
  expect(await swap(two, '0'.repeat(40))).toBeUndefined()
  expect(await repo.branches()).toEqual(['main'])
  expect(await swap('0'.repeat(40), one)).toBeUndefined()
  expect(await repo.head('sync')).toBe(one)
})

test('a pull request follows its branches, and ends with them', async () => {
  const number = await openPull()
  const moved = await repo.commit({ 'docs/a.md': null }, { branch: 'sync' })
  const { data } = await octokit.pulls.get({ ...here, pull_number: number })
  expect(data).toMatchObject({ head: { sha: moved }, base: { sha: await head('main') }, commits: 2, changed_files: 2 })
  const files = (await octokit.pulls.listFiles({ ...here, pull_number: number })).data
  expect(files.map(file => [file.filename, file.status])).toEqual([
    ['docs/a.md', 'removed'],
    ['lock.yml', 'added']
  ])
  await octokit.git.deleteRef({ ...here, ref: 'heads/sync' })
  expect(await repo.pulls()).toMatchObject([
    { number, state: 'closed', merged: false, head: { ref: 'sync', sha: moved } }
  ])
  expect(await refusal(octokit.pulls.update({ ...here, pull_number: number, state: 'open' }))).toMatch(
    /has been deleted/
  )
})

test('a branch that is put back to its base closes the pull request, a pushed merge merges it', async () => {
  await openPull('one')
  await openPull('two')
  await octokit.git.updateRef({ ...here, ref: 'heads/one', sha: await head('main'), force: true })
  await octokit.git.updateRef({ ...here, ref: 'heads/main', sha: await head('two') })
  expect(await repo.pulls()).toMatchObject([
    { state: 'closed', merged: false },
    { state: 'closed', merged: true }
  ])
  expect(await repo.head('main')).toBe(await repo.head('two'))
})

test('merges what head and base are at that moment', async () => {
  const number = await openPull()
  const tip = await repo.commit({ 'lock.yml': 'newer' }, { branch: 'sync' })
  const base = await repo.commit({ 'mine.yml': 'mine' })
  await repo.merge(number)
  const merged = await head('main')
  expect(await repo.parents(merged)).toEqual([base, tip])
  expect(await repo.files('main')).toEqual(['docs/a.md', 'environment.yml', 'lock.yml', 'mine.yml'])
  expect(await repo.read('lock.yml')).toBe('newer')
  const { data } = await octokit.pulls.get({ ...here, pull_number: number })
  expect(data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: merged, head: { sha: tip } })
})

test('refuses to merge a conflict', async () => {
  const number = await openPull()
  await repo.commit({ 'lock.yml': 'mine' })
  await expect(repo.merge(number)).rejects.toThrow('merge conflict in lock.yml')
})

test('keeps labels, assignees, reviewers and what people edit', async () => {
  const number = await openPull('sync', { draft: true })
  const issue = { ...here, issue_number: number }
  await octokit.issues.addLabels({ ...issue, labels: ['deps'] })
  await octokit.issues.addAssignees({ ...issue, assignees: ['alice', 'nobody'] })
  const reviews = { ...here, pull_number: number }
  await octokit.pulls.requestReviewers({ ...reviews, reviewers: ['bob'], team_reviewers: ['maintainers'] })
  expect(await refusal(octokit.pulls.requestReviewers({ ...reviews, reviewers: ['nobody'] }))).toMatch(
    /^422 Reviews may only/
  )
  await octokit.issues.createComment({ ...issue, body: 'hello' })
  await repo.editPull(number, { title: 'Mine' })
  const people = { labels: ['deps'], assignees: ['alice'], reviewers: ['bob', 'octo/maintainers'] }
  expect(await repo.pulls()).toMatchObject([{ number, draft: true, title: 'Mine', body: 'why', ...people }])
  expect(await repo.comments(number)).toEqual(['hello'])
})

test('a list of issues has the pull requests in it, a list of pull requests lacks what GitHub computes', async () => {
  await openPull()
  await octokit.issues.create({ ...here, title: 'Broken', labels: ['bug'] })
  const issues = (await octokit.issues.listForRepo(here)).data
  expect(issues.map(issue => [issue.title, issue.pull_request !== undefined])).toEqual([
    ['Sync', true],
    ['Broken', false]
  ])
  expect((await repo.issues()).map(issue => issue.title)).toEqual(['Broken'])
  expect((await octokit.pulls.list({ ...here, head: 'octo:sync' })).data[0]).not.toHaveProperty('merged')
})

test('enables auto-merge unless the repository forbids it', async () => {
  const number = await openPull()
  const { node_id: pullRequestId } = (await octokit.pulls.get({ ...here, pull_number: number })).data
  const enable = (): Promise<unknown> => octokit.graphql(AUTO, { input: { pullRequestId, mergeMethod: 'SQUASH' } })
  repo.forbidAutoMerge(true)
  expect(await refusal(enable())).toMatch(/Auto merge is not allowed for this repository/)
  repo.forbidAutoMerge(false)
  await enable()
  expect(await repo.pulls()).toMatchObject([{ autoMerge: 'squash' }])
})

test('dispatches the workflows that can be dispatched', async () => {
  await repo.commit({ '.github/workflows/ci.yml': 'on: workflow_dispatch', '.github/workflows/push.yml': 'on: push' })
  const dispatch = (workflow_id: string, ref = 'main'): Promise<string | undefined> =>
    refusal(octokit.actions.createWorkflowDispatch({ ...here, workflow_id, ref }))
  expect(await dispatch('ci.yml')).toBeUndefined()
  expect(await dispatch('none.yml')).toMatch(/^404 /)
  expect(await dispatch('ci.yml', 'none')).toMatch(/^422 No ref found for: none/)
  expect(await dispatch('push.yml')).toMatch(/^422 Workflow does not have 'workflow_dispatch' trigger/)
  expect(repo.dispatches).toEqual([{ workflow: 'ci.yml', ref: 'main' }])
})

test('renames a branch with its open pull requests', async () => {
  await openPull()
  await repo.renameBranch('main', 'trunk')
  expect((await octokit.repos.get(here)).data.default_branch).toBe('trunk')
  expect(await repo.pulls()).toMatchObject([{ state: 'open', base: { ref: 'trunk' } }])
  expect(await repo.branches()).toEqual(['sync', 'trunk'])
})

test('injects faults: an answer, a lost answer, a cut line, something that happens first', async () => {
  const create = { ...here, sha: await head('main') }
  github.inject({ method: 'POST', path: /\/git\/refs$/, status: 502, times: 1, headers: { 'retry-after': '1' } })
  expect(await refusal(octokit.git.createRef({ ...create, ref: 'refs/heads/a' }))).toMatch(/^502 /)
  github.inject({ method: 'POST', path: /\/git\/refs$/, status: 502, times: 1, after: true })
  expect(await refusal(octokit.git.createRef({ ...create, ref: 'refs/heads/b' }))).toMatch(/^502 /)
  github.inject({ method: 'POST', path: /\/git\/refs$/, cut: true, after: true, times: 1 })
  expect(await refusal(octokit.git.createRef({ ...create, ref: 'refs/heads/c' }))).toMatch(/^500 /)
  const before = async (): Promise<void> => {
    await octokit.git.createRef({ ...create, ref: 'refs/heads/d' })
  }
  github.inject({ method: 'POST', path: /\/git\/refs$/, times: 1, before })
  expect(await refusal(octokit.git.createRef({ ...create, ref: 'refs/heads/d' }))).toMatch(
    /^422 Reference already exists/
  )
  expect(await repo.branches()).toEqual(['b', 'c', 'd', 'main'])
})

test('closes at once while a call hangs', async () => {
  github.inject({ path: /branches/, hang: true })
  const hanging = refusal(octokit.repos.listBranches(here))
  while (github.calls.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
  const started = Date.now()
  await github.close()
  expect(await hanging).toMatch(/^500 /)
  expect(Date.now() - started).toBeLessThan(1000)
  expect(github.calls).toMatchObject([{ status: 0 }])
})

test('says what a person may do in the four words that GitHub has for it, to whoever has a token', async () => {
  const ask = async (username: string, who = octokit) =>
    (await who.repos.getCollaboratorPermissionLevel({ ...here, username })).data.permission
  repo.setRole('mia', 'maintain')
  repo.setRole('tom', 'triage')
  github.addToken('nothing', {})
  expect([await ask('mia'), await ask('tom'), await ask('alice', client('nothing'))]).toEqual(['write', 'read', 'read'])
  expect(await refusal(ask('nobody'))).toMatch(/^404 /)
  expect(await refusal(ask('mia', client()))).toMatch(/^401 /)
  await github.addRepository('octo/hidden', {}, { private: true })
  const hidden = { owner: 'octo', repo: 'hidden', username: 'alice' }
  expect((await client('nothing').repos.getCollaboratorPermissionLevel(hidden)).data.permission).toBe('none')
})

test('lets a pull request come from another repository, or from one that is gone', async () => {
  await repo.commit({ a: 'a' }, { branch: 'topic' })
  const { number } = await repo.propose('topic')
  const from = async () => (await octokit.pulls.get({ ...here, pull_number: number })).data.head.repo
  expect((await from()).full_name).toBe('octo/env')
  repo.moveHead(number, 'stranger/env')
  expect((await from()).full_name).toBe('stranger/env')
  repo.moveHead(number, undefined)
  expect(await from()).toBeNull()
})
