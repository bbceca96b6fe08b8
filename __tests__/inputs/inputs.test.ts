import { describe, expect, test } from '@jest/globals'
import { SyncError } from '../../src/common/errors.js'
import { forPlatform } from '../../src/lockfile/platforms.js'
import type { InputName } from '../../src/inputs/table.js'
import type { Runner } from '../../src/runner/runner.js'
import { inputsOf, type Given } from '../support/inputs.js'

/** Message and hint of the refusal. */
function refusal(given: Given, runner: Partial<Runner> = {}): string {
  try {
    inputsOf(given, runner)
  } catch (error) {
    if (error instanceof SyncError && error.kind === 'input') return `${error.message} ${error.hint}`
    throw error
  }
  throw new Error('nothing was refused')
}

test('unset and empty inputs mean the documented defaults', () => {
  expect(inputsOf()).toEqual({
    upstream: {
      repository: { owner: 'pangeo-data', repo: 'pangeo-docker-images' },
      ref: undefined,
      files: [{ path: 'pangeo-notebook/environment.yml', local: 'NBenvironment.yml' }],
      apiUrl: 'https://api.github.com',
      token: 't'
    },
    environmentFiles: ['environment.yml'],
    allowedChannels: undefined,
    policyOn: 'upstream',
    onOverlap: 'warn',
    lockfile: 'conda-lock.yml',
    explicitLockfile: 'conda-{platform}.lock',
    pipRequirements: 'conda-{platform}.pip.txt',
    pypiLookupFile: undefined,
    sameVersion: ['python', 'dask', 'distributed', 'cloudpickle', 'msgpack-python', 'tornado', 'numpy', 'pandas'],
    relock: { kind: 'always' },
    trialCommand: undefined,
    platforms: ['linux-64'],
    workingDirectory: '.',
    onDifferentVersions: 'warn',
    channelAlias: 'https://conda.anaconda.org',
    condaExecutable: undefined,
    buildFromSource: [],
    steering: {
      update: 'all',
      upgrade: [],
      excludeNewer: [],
      exempt: [],
      virtualPackages: undefined,
      cuda: undefined
    },
    python: 'python3',
    mode: {
      kind: 'pull-request',
      token: 't',
      repository: { owner: 'heliocloud-data', repo: 'science-image' },
      base: 'main',
      branch: undefined,
      folder: undefined,
      title: 'Update conda lockfiles',
      commitMessage: 'Update conda lockfiles',
      labels: [],
      assignees: [],
      reviewers: [],
      teamReviewers: [],
      draft: false,
      autoMerge: undefined,
      overwrite: false,
      dispatchWorkflows: [],
      reportFailures: false
    },
    partial: true,
    links: true,
    timeoutMinutes: 30
  })
  expect(inputsOf({ platforms: '  \n', lockfile: ' ', mode: '' })).toEqual(inputsOf())
})

test('lists are one entry a line, with spaces and empty lines around', () => {
  const inputs = inputsOf({
    'upstream-files': '\n a/environment.yml:  A.yml \r\n\nb c/environment.yml: sub/B.yml\n',
    'environment-files': ' one.yml\r\n\n two.yml ',
    platforms: 'linux-64\nosx-arm64\nlinux-64',
    labels: 'deps\n\n image: cpu '
  })
  expect(inputs.upstream?.files).toEqual([
    { path: 'a/environment.yml', local: 'A.yml' },
    { path: 'b c/environment.yml', local: 'sub/B.yml' }
  ])
  expect(inputs.environmentFiles).toEqual(['one.yml', 'two.yml'])
  expect(inputs.platforms).toEqual(['linux-64', 'osx-arm64'])
  expect(inputs.mode).toMatchObject({ labels: ['deps', 'image: cpu'] })
})

test('`none` follows no upstream, and is no line among others', () => {
  expect(inputsOf({ 'upstream-files': ' none\n', 'upstream-repository': 'octo/images' }).upstream).toBeUndefined()
  expect(() => inputsOf({ 'upstream-files': 'none\na.yml: A.yml' })).toThrow(/is neither `none` alone nor/)
})

test('local files are relative to the working directory and may lie elsewhere in the repository', () => {
  const inputs = inputsOf({
    'working-directory': './images/gpu/',
    'environment-files': '../common.yml\nenvironment.yml',
    'explicit-lockfile': 'locks/{platform}.txt'
  })
  expect(inputs.workingDirectory).toBe('images/gpu')
  expect(inputs.environmentFiles).toEqual(['images/common.yml', 'images/gpu/environment.yml'])
  expect(inputs.upstream?.files).toEqual([
    { path: 'pangeo-notebook/environment.yml', local: 'images/gpu/NBenvironment.yml' }
  ])
  expect(inputs.lockfile).toBe('images/gpu/conda-lock.yml')
  expect(forPlatform(inputs.explicitLockfile, 'linux-64')).toBe('images/gpu/locks/linux-64.txt')
})

describe('which token goes where', () => {
  const api = (given: Given, runner: Partial<Runner> = {}) => {
    const { upstream } = inputsOf(given, runner)
    return { apiUrl: upstream?.apiUrl, token: upstream?.token }
  }

  test('on github.com the token of the run reads upstream too', () => {
    expect(api({})).toEqual({ apiUrl: 'https://api.github.com', token: 't' })
  })

  test('on GitHub Enterprise Server upstream is on github.com, which gets no token', () => {
    const server = { apiUrl: 'https://github.example.org/api/v3' }
    expect(api({}, server)).toEqual({ apiUrl: 'https://api.github.com', token: undefined })
    expect(api({ 'upstream-token': 'u' }, server)).toEqual({ apiUrl: 'https://api.github.com', token: 'u' })
    const tenant = { apiUrl: 'https://api.octo.ghe.com' }
    expect(api({}, tenant)).toEqual({ apiUrl: 'https://api.github.com', token: undefined })
    expect(api({ 'upstream-api-url': 'https://github.example.org/api/v3/' }, server)).toEqual({ ...server, token: 't' })
  })

  test.each([
    'https://api.github.com.example.org',
    'http://api.github.com',
    'https://api.github.com:8443',
    'https://api.github.com@example.org'
  ])('%s is another host', url => {
    expect(api({ 'upstream-api-url': url }).token).toBeUndefined()
  })

  test('upstream-token is preferred', () => {
    expect(api({ 'upstream-token': 'u' }).token).toBe('u')
  })
})

describe('where the pull request goes', () => {
  const base = (given: Given, runner: Partial<Runner> = {}) => {
    const { mode } = inputsOf(given, runner)
    return mode.kind === 'pull-request' ? mode.base : 'nowhere'
  }

  test('to the branch of the run, or to the one that is named', () => {
    expect(base({}, { ref: 'refs/heads/release/1.0' })).toBe('release/1.0')
    expect(base({ base: 'next' })).toBe('next')
  })

  test.each(['refs/tags/v1', 'refs/pull/1/merge', ''])('on %j to the default branch', ref => {
    expect(base({}, { ref })).toBeUndefined()
  })

  test('files mode needs neither a token nor a repository', () => {
    expect(inputsOf({ mode: 'files', token: '' }, { repository: undefined }).mode).toEqual({ kind: 'files' })
  })
})

test.each<[InputName, string, string]>([
  ['mode', 'push', '`pull-request`'],
  ['platforms', 'linux-64\nlinux-65', '`linux-65`'],
  ['platforms', 'noarch', 'osx-arm64'],
  ['upstream-repository', 'pangeo-docker-images', 'OWNER/REPO'],
  ['upstream-repository', 'https://github.com/a/b', 'OWNER/REPO'],
  ['upstream-repository', 'a/..', 'OWNER/REPO'],
  ['upstream-ref', 'a b', 'not a valid name'],
  ['upstream-ref', '../main', 'not a valid name'],
  ['upstream-ref', '-x', 'not a valid name'],
  ['upstream-files', 'environment.yml', '`path: local-file`'],
  ['upstream-files', 'a.yml: x.yml\nb.yml: ./x.yml', 'named twice'],
  ['upstream-files', 'a.yml: ../../x.yml', 'outside the repository'],
  ['upstream-files', '/a.yml: x.yml', 'not a relative path'],
  ['upstream-api-url', 'api.github.com', 'http(s) address'],
  ['upstream-api-url', 'file:///etc', 'http(s) address'],
  ['channel-alias', 'ftp://example.org', 'http(s) address'],
  ['environment-files', '/etc/passwd', 'not a relative path'],
  ['environment-files', 'a\\b.yml', 'forward slashes'],
  ['environment-files', 'a.yml\n./a.yml', 'named twice'],
  ['environment-files', '.', 'a folder'],
  ['working-directory', '..', 'outside the repository'],
  ['lockfile', '../conda-lock.yml', 'outside the repository'],
  ['lockfile', '.git/config', "git's own folder"],
  ['lockfile', 'sub/.GIT/hooks/pre-commit', "git's own folder"],
  ['explicit-lockfile', 'conda-{arch}.lock', 'braces'],
  ['explicit-lockfile', 'conda-{platform}.yml', '.yml'],
  ['base', 'a..b', 'not a valid name'],
  ['branch', 'a.lock', 'not a valid name'],
  ['branch', 'refs heads', 'not a valid name'],
  ['timeout', '0', 'minutes'],
  ['timeout', 'soon', 'minutes'],
  ['timeout', '361', '360'],
  ['build-from-source', 'hissw\n../evil', 'is not the name of a package on PyPI']
])('%s: %j is refused, by name and with a reason', (name, value, reason) => {
  const text = refusal({ [name]: value })
  expect(text).toContain(`\`${name}\``)
  expect(text).toContain(reason)
})

test('what only does not fit together is refused', () => {
  expect(refusal({ platforms: 'linux-64\nosx-64', 'explicit-lockfile': 'explicit.txt' })).toMatch(
    /`explicit-lockfile`.*needs `\{platform\}`/
  )
  expect(refusal({ 'environment-files': 'NBenvironment.yml' })).toMatch(/`NBenvironment\.yml`.*two different files/)
  expect(refusal({ lockfile: 'x.lock', 'explicit-lockfile': './x.lock' })).toMatch(/`x\.lock`.*two different files/)
  expect(refusal({ token: '' })).toMatch(/`token`.*is empty.*`mode: files`/)
  expect(refusal({}, { repository: undefined })).toMatch(/GITHUB_REPOSITORY/)
})
