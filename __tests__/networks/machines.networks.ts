/** Users and folders that a self-hosted runner may have. Needs root, to be somebody else. */
import { afterAll, expect, test } from '@jest/globals'
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { annotations, startWorld } from '../support/world.js'

const world = await startWorld()
const folder = await mkdtemp(join(tmpdir(), 'machines-'))
await chmod(folder, 0o755)
afterAll(() => Promise.all([world.close(), rm(folder, { recursive: true, force: true })]))

/** Nobody has this number. */
const STRANGER = 54321

const closed = join(folder, 'closed')
await mkdir(closed, { mode: 0o700 })
const elsewhere = join(folder, 'elsewhere')
await mkdir(elsewhere)
await chmod(elsewhere, 0o555)

test.each<[string, Readonly<Record<string, string | undefined>>]>([
  ['the tool cache of another user, with a toolchain', {}],
  ['an empty tool cache of another user', { RUNNER_TOOL_CACHE: elsewhere }],
  ['a tool cache that cannot even be looked into', { RUNNER_TOOL_CACHE: closed }],
  ['no HOME, and no entry in the list of users', { HOME: undefined }],
  ['a HOME that cannot be read', { HOME: closed }],
  ['a HOME that is not there', { HOME: '/gone' }],
  ['a cache folder of another user', { HOME: undefined, XDG_CACHE_HOME: closed }]
])('another user: %s', async (what, environment) => {
  const project = await world.project(what.replaceAll(/[^a-z]+/gi, '-'))
  const run = await project.run({ inputs: { mode: 'files' }, environment, user: STRANGER })
  expect(annotations(run, 'error')).toEqual([])
  expect(run.exitCode).toBe(0)
  expect(run.stdout.match(/cannot be written to, so what is fetched is kept in the temporary folder/g)).toHaveLength(1)
})

test("a temporary folder of another user is told as the machine's", async () => {
  const project = await world.project('no-temp')
  const run = await project.run({ inputs: { mode: 'files' }, environment: { RUNNER_TEMP: elsewhere }, user: STRANGER })
  const [error] = annotations(run, 'error')
  expect(error).toContain(elsewhere)
  expect(error).not.toContain('defect')
})
