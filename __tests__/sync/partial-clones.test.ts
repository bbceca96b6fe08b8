/** What runs make of shallow checkouts, and of partial clones (`filter` of actions/checkout), with real git. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RepositoryFile } from '../../src/common/files.js'
import { startDeadline } from '../../src/runner/deadline.js'
import { readEnvironmentFiles } from '../../src/runner/workspace.js'
import { check } from '../../src/sync/check.js'
import { refuseOtherCheckout } from '../../src/sync/checkout.js'
import { readEarlierLocks } from '../../src/sync/earlier.js'
import { asStored } from '../../src/sync/stored-files.js'
import { makeBundle } from '../support/bundles.js'
import { checkOut, type GitCheckout } from '../support/git-checkout.js'
import { startGitHub } from '../support/github.js'
import { inputsOf, ownFiles, RUNNER } from '../support/inputs.js'
import { lock } from '../support/locks.js'
import { setStage } from '../support/publishing.js'
import { standInLock } from '../support/stand-in-lock.js'

const PACKAGES = lock('dask 2025.2: python\npython 3.12.1\nxarray 2025.1: python')
const REPLACED = PACKAGES.map(pin =>
  pin.name === 'dask' ? { ...pin, hash: `sha256:${'f'.repeat(64)}`, md5: 'f'.repeat(32) } : pin
)
const LINE_ENDS = { '.gitattributes': 'environment.yml text eol=crlf\n' }

const filesOf = (packages: typeof PACKAGES): Record<string, string> => {
  const { files, inputFiles } = makeBundle({ packages })
  return Object.fromEntries(
    [...files, ...inputFiles].flatMap(({ path, content }) =>
      content === undefined ? [] : [[path, Buffer.from(content).toString('utf8')]]
    )
  )
}

let origin: GitCheckout

beforeAll(async () => {
  origin = await checkOut({ ...filesOf(PACKAGES), ...LINE_ENDS })
  for (const [path, content] of Object.entries(filesOf(REPLACED))) await origin.write(path, content)
  origin.git('commit', '--quiet', '--all', '--message', 'Another file under the same address')
})
afterAll(() => origin.close())

/** What a check of a checkout finds, and what it prints. */
async function checkIn(workspace: string): Promise<{ findings: string[]; printed: string[] }> {
  const runner = { ...RUNNER, workspace }
  const inputs = inputsOf(
    { mode: 'check', 'upstream-files': 'pangeo-notebook/environment.yml: NBenvironment.yml' },
    runner
  )
  const printing = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  const job = { inputs, runner, deadline: startDeadline(1), condaLock: standInLock([]), dryRun: false }
  const { delivery } = await check(job)
  const printed = printing.mock.calls.map(([text]) => String(text).trim())
  printing.mockRestore()
  return { findings: delivery.findings.map(({ message }) => message), printed }
}

const FOUND = [expect.stringContaining('dask')]
const NOT_COMPARED = '`conda-lock.yml` is not compared with that of the commit before, which'

test('a checkout with the commit before: a check finds what was replaced', async () => {
  expect(await checkIn(await origin.fetch('--depth=2'))).toEqual({ findings: FOUND, printed: [] })
})

test.each([[], ['--filter=blob:none'], ['--filter=tree:0']].map(filter => ({ filter })))(
  'a checkout of one commit ($filter): a check says in the log that there was nothing to compare with',
  async ({ filter }) => {
    expect(await checkIn(await origin.fetch('--depth=1', ...filter))).toEqual({
      findings: [],
      printed: [`${NOT_COMPARED} this checkout does not have; \`fetch-depth: 2\` would bring it.`]
    })
  }
)

test.each(['--depth=2', '--depth=5'])(
  'a partial clone (%s) that has the commit before, but not its files: a check warns of it',
  async depth => {
    for (const filter of ['blob:none', 'tree:0']) {
      expect(await checkIn(await origin.fetch(depth, `--filter=${filter}`))).toEqual({
        findings: [],
        printed: [
          `warning: ${NOT_COMPARED} this partial clone does not have. Leave \`filter\` out of the step with actions/checkout.`
        ]
      })
    }
  }
)

test('the first commit, and one before which there was no lockfile: there is nothing to say', async () => {
  const young = await checkOut({ 'environment.yml': 'dependencies: []\n' })
  await young.write('environment.yml', 'dependencies: [dask]\n')
  for (const [path, content] of Object.entries(filesOf(PACKAGES))) await young.write(path, content)
  const first = await young.fetch('--filter=blob:none')
  young.git('add', '--all')
  young.git('commit', '--quiet', '--message', 'Lock')
  expect(await checkIn(await young.fetch('--filter=blob:none'))).toEqual({ findings: [], printed: [] })
  expect(await readEarlierLocks(first, 'conda-lock.yml')).toEqual([])
  await young.close()
})

test.each(['--filter=blob:none', '--filter=tree:0'])(
  'environment files of a partial clone (%s) are compared with the base branch as git stores them',
  async filter => {
    const fake = await startGitHub()
    const stage = await setStage(fake)
    const stored = filesOf(PACKAGES)['environment.yml'] ?? ''
    await stage.repository.commit({ 'environment.yml': stored })
    const workspace = await origin.fetch('--depth=1', filter)
    const look = async () => {
      const { environments } = await asStored(
        ownFiles(await readEnvironmentFiles(workspace, ['environment.yml'])),
        workspace
      )
      const observation = { kind: 'pull-request', observed: await stage.observe() } as const
      await refuseOtherCheckout(environments, observation, { workspace, ref: 'refs/heads/main' })
      return environments.map(({ content }: RepositoryFile) => Buffer.from(content).toString('utf8'))
    }
    expect(await look()).toEqual([stored])
    await writeFile(join(workspace, 'environment.yml'), `${stored}# stamped\n`)
    await expect(look()).rejects.toThrow('`environment.yml` is not as it was checked out')
    await fake.close()
  }
)
