import { afterAll, describe, expect, test } from '@jest/globals'
import { startDeadline } from '../../src/runner/deadline.js'
import { connect } from '../../src/github/client.js'
import { fetchUpstream, type Upstream } from '../../src/upstream/fetch.js'
import type { UpstreamInputs } from '../../src/inputs/upstream.js'
import { startGitHub } from '../support/github.js'

const github = await startGitHub()
github.addToken('reader', { contents: 'read' })
const repository = await github.addRepository('pangeo/images', { 'a/environment.yml': 'first\n', 'b.yml': 'b\n' })
const first = (await repository.head('main')) ?? ''
await repository.tag('v1', first)
await repository.release('v1')
const dev = await repository.commit({ 'a/environment.yml': 'dev\n' }, { branch: 'dev/next' })
const last = await repository.commit({ 'a/environment.yml': 'last\n' })

afterAll(() => github.close())

function fetch(more: Partial<UpstreamInputs> = {}): Promise<Upstream> {
  const upstream: UpstreamInputs = {
    repository: { owner: 'pangeo', repo: 'images' },
    ref: undefined,
    files: [{ path: 'a/environment.yml', local: 'NB.yml' }],
    apiUrl: github.apiUrl,
    token: undefined,
    ...more
  }
  const deadline = startDeadline(1)
  return fetchUpstream(connect({ ...upstream, deadline, log: () => undefined }), upstream)
}

const textOf = ({ files }: Upstream) => files.map(file => Buffer.from(file.content).toString())

test.each([
  ['the default branch', undefined, last, 'last\n'],
  ['a branch', 'dev/next', dev, 'dev\n'],
  ['a tag', 'v1', first, 'first\n'],
  ['a commit', first, first, 'first\n'],
  ['the latest release', 'latest-release', first, 'first\n']
])('%s is one commit, and files come from it', async (_what, ref, commit, content) => {
  const upstream = await fetch({ ref })
  expect(upstream).toMatchObject({ repository: 'pangeo/images', commit, url: `${github.url}/pangeo/images` })
  expect(textOf(upstream)).toEqual([content])
})

test('all files come from the same commit, even if a branch moves meanwhile', async () => {
  const moving = await github.addRepository('pangeo/moving', { 'a.yml': 'old\n', 'b.yml': 'old\n' })
  const before = async () => {
    await moving.commit({ 'a.yml': 'new\n', 'b.yml': 'new\n' })
  }
  github.inject({ path: /\/pangeo\/moving\/contents\//, times: 1, before })
  const files = ['a.yml', 'b.yml'].map(path => ({ path, local: path }))
  expect(textOf(await fetch({ repository: { owner: 'pangeo', repo: 'moving' }, files }))).toEqual(['old\n', 'old\n'])
  expect(await moving.read('a.yml')).toBe('new\n')
})

describe('byte for byte', () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    'empty.yml': Buffer.alloc(0),
    'crlf.yml': Buffer.from('a\r\nb'),
    'bom.yml': Buffer.from('\ufeffa: Grüße 🐍\n'),
    'bytes.yml': Uint8Array.of(0xff, 0xfe, 0, 0x0a),
    'large.yml': Buffer.alloc(1_500_000, '# a comment\n'),
    'dir with space/50% & #1?.yml': Buffer.from('odd name\n')
  }

  test('whatever they hold and however they are named', async () => {
    await github.addRepository('pangeo/bytes', files)
    const wanted = Object.keys(files).map(path => ({ path, local: path }))
    const upstream = await fetch({ repository: { owner: 'pangeo', repo: 'bytes' }, files: wanted })
    for (const { path, content } of upstream.files)
      expect([path, Buffer.from(content).equals(files[path] ?? Buffer.of())]).toEqual([path, true])
  })
})

test('a private repository needs a token', async () => {
  await github.addRepository('pangeo/private', { 'a/environment.yml': 'secret\n' }, { private: true })
  const hidden = { repository: { owner: 'pangeo', repo: 'private' } }
  await expect(fetch(hidden)).rejects.toMatchObject({
    kind: 'upstream',
    hint: expect.stringContaining('`upstream-token`')
  })
  expect(textOf(await fetch({ ...hidden, token: 'reader' }))).toEqual(['secret\n'])
})

test('a redirect to another host takes no token along', async () => {
  const other = await startGitHub()
  try {
    const location = `${other.apiUrl}/repos/pangeo/images/commits/HEAD`
    github.inject({ path: /\/pangeo\/moved\/commits/, status: 302, headers: { location } })
    await expect(fetch({ repository: { owner: 'pangeo', repo: 'moved' }, token: 'reader' })).rejects.toThrow()
    expect(other.calls.map(call => call.token)).toEqual([undefined])
  } finally {
    await other.close()
  }
})

test('the small limit of those who give no token names `upstream-token`', async () => {
  await github.addRepository('pangeo/limited', { 'a/environment.yml': 'x\n' })
  const message =
    "API rate limit exceeded for 192.0.2.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600) }
  github.inject({ path: /\/pangeo\/limited\//, status: 403, body: { message }, headers })
  await expect(fetch({ repository: { owner: 'pangeo', repo: 'limited' } })).rejects.toMatchObject({
    hint: expect.stringContaining('Give an `upstream-token`')
  })
})

test.each([
  [401, 'Bad credentials', undefined, 'Give an `upstream-token` that may read it'],
  [401, 'Bad credentials', 'reader', 'give an `upstream-token` that is valid'],
  [403, 'Resource not accessible by integration', 'reader', 'give an `upstream-token` that is valid']
])('%i, "%s", with the token %s: speaks of `upstream-token`', async (status, message, token, hint) => {
  github.inject({ path: /\/pangeo\/images\/commits\//, times: 1, status, body: { message } })
  await expect(fetch({ token })).rejects.toMatchObject({ kind: 'upstream', hint: expect.stringContaining(hint) })
})

const PAGE = { raw: '<html>Sign in to the guest network</html>' }

test.each([
  ['broke off', { half: true, after: true }],
  ['was a page of HTML', PAGE],
  ['was of another shape', { status: 200, body: [] }]
])('an answer that %s is asked for again', async (_what, fault) => {
  for (const path of [/\/pangeo\/images\/commits\//, /\/pangeo\/images\/contents\//]) {
    github.inject({ path, times: 1, ...fault })
  }
  expect(textOf(await fetch())).toEqual(['last\n'])
})

test('answers of no use for ever: told with the call, and what came', async () => {
  const heal = github.inject({ path: /\/pangeo\/images\/commits\//, ...PAGE })
  await expect(fetch()).rejects.toMatchObject({
    message:
      'GitHub did not say which commit `HEAD` of pangeo/images is; its answer was of no use: text/html came instead of JSON'
  })
  heal()
}, 60_000)
