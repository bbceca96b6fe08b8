import { expect, test } from '@jest/globals'
import { childEnvironment, runProcess } from '../../src/toolchain/process.js'

test('children get what they need to find programs and the network, and no secrets', () => {
  const needed = {
    PATH: '/bin',
    HOME: '/root',
    LC_ALL: 'C',
    https_proxy: 'http://p',
    SSL_CERT_FILE: '/c',
    RUNNER_TRACKING_ID: 'r'
  }
  const secrets = {
    GITHUB_TOKEN: 'x',
    GH_TOKEN: 'x',
    INPUT_TOKEN: 'x',
    'INPUT_UPSTREAM-TOKEN': 'x',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
    ACTIONS_RUNTIME_TOKEN: 'x',
    GITHUB_OUTPUT: '/x',
    GITHUB_ENV: '/x',
    GITHUB_PATH: '/x',
    AWS_SECRET_ACCESS_KEY: 'x',
    NODE_OPTIONS: 'x',
    PATHS: 'x',
    MY_PATH: 'x'
  }
  expect(childEnvironment({ ...needed, ...secrets }, { MORE: '1' })).toEqual({ ...needed, MORE: '1' })
})

test('arguments reach a program as they are, never through a shell', async () => {
  const args = ['a b', '"', '$(id)', ';', "'", '*', '']
  const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
  const result = await runProcess(process.execPath, ['-e', script, '--', ...args], { environment: {} })
  expect(JSON.parse(result?.stdout ?? '')).toEqual(args)
})

test('a program that is not there is told from one that fails', async () => {
  expect(await runProcess('no-such-program', [], { environment: { PATH: '/bin' } })).toBeUndefined()
  expect(await runProcess('/no/such program', [], { environment: {} })).toBeUndefined()
  const failed = await runProcess(process.execPath, ['-e', 'process.exit(3)'], { environment: {} })
  expect(failed).toMatchObject({ exitCode: 3 })
})
