import { describe, expect, test } from '@jest/globals'
import { isPlain } from '../../src/environment/plain.js'
import { parseEnvironment, type Environment } from '../../src/environment/parse.js'
import { SyncError } from '../../src/common/errors.js'
import { checkPolicy, type Policy } from '../../src/upstream/policy.js'

const STRICT: Policy = { allowedChannels: undefined, policyOn: 'all', channelAlias: 'https://conda.anaconda.org' }
const USUAL: Policy = { ...STRICT, policyOn: 'upstream' }
const PLAIN = 'channels: [conda-forge, nodefaults]\ndependencies: [xarray, pip: [sunpy]]\n'

function parse(file: string, text: string): Environment {
  return parseEnvironment({ file, fix: '' }, Buffer.from(text), ['linux-64'])
}

/** What is refused of an own file, one sentence each. */
function refused(own: string, policy: Policy): string[] {
  const files = { upstream: [parse('NBenvironment.yml', PLAIN)], own: [parse('environment.yml', own)] }
  try {
    checkPolicy(files, undefined, policy)
    return []
  } catch (error) {
    if (!(error instanceof SyncError)) throw error
    return [error, ...error.others].map(({ kind, place, message }) => `${kind} ${place?.line ?? ''}: ${message}`)
  }
}

describe('the policy, for the own files of a pull request', () => {
  const CASES = [
    [
      'a channel that does not vouch for itself',
      'channels: [evil]\ndependencies: []\n',
      'uses the channel `evil`, which is not allowed'
    ],
    [
      'an index of pip packages',
      'pip-repositories: [https://example.com/simple]\ndependencies: []\n',
      'names `pip-repositories`'
    ],
    ['a repository to build from', 'dependencies: [pip: [a @ git+https://example.com/a]]\n', 'asks for `a @ git+https'],
    ...[
      ...['a@git+HOST:x', 'a[b,c]@git+ssh://git@HOST/x', 'a [b] @ ssh://HOST/x ; os_name == "posix"'],
      ...['a@/path', 'a@../x', 'a @ ./x', 'a@~/x', 'a@file:x', 'a@user@HOST:x', 'a @ ${HOME}/x', 'a@C:\\x'],
      ...['a >=1 @ git+HOST:x', 'a; os_name == "x" @ git+HOST:x', 'a; os_name == "; @ git+HOST:x', './x', '../x.whl'],
      ...['git+HOST:x', 'HOST:x', '/x', 'a/b', 'a>=1 --index-url=x', '--no-binary=a', 'a\ngit+HOST:x', 'a\\\n-e .']
    ].map(
      text =>
        [
          `what is not plainly a package: ${text}`,
          `dependencies: [pip: [${JSON.stringify(text)}]]\n`,
          'which is an address or an option'
        ] as const
    ),
    ['a file', 'dependencies: [pip: [-e .]]\n', 'asks for `-e .`, which is an address or an option']
  ] as const

  test.each(CASES)('refuses %s', (_, own, reason) => {
    expect(refused(own, STRICT)).toEqual([expect.stringMatching(/^environment 1: The file environment\.yml /)])
    expect(refused(own, STRICT)[0]).toContain(reason)
    expect(refused(own, USUAL)).toEqual([])
  })

  test('takes no longer for a long requirement than its length asks for', () => {
    const long = ['>=1 ', 'a-', '>=1,', '[a,', ' ', ';a '].map(part => `a${part.repeat(100_000)}@git+HOST:x`)
    for (const text of long) expect(isPlain('requirement', text)).toBe(false)
  })

  test('lets plain packages pass, and channels that the workflow names', () => {
    expect(refused(PLAIN, STRICT)).toEqual([])
    expect(
      refused('channels: [ours]\ndependencies: []\n', {
        ...STRICT,
        allowedChannels: ['conda-forge', 'nodefaults', 'ours']
      })
    ).toEqual([])
  })
})
