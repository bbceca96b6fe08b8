import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { besides, leaveForJob, makeScratch, removeAbandoned, removeScratch } from '../../src/runner/scratch.js'

test('what killed runs have left is removed by the next one, and nothing else', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'scratch-'))
  const here = /\d+/.exec(await readlink('/proc/self/ns/pid').catch(() => '0'))?.[0] ?? '0'
  const gone = spawnSync(process.execPath, ['--version']).pid
  const kept = [
    '3.11.7-34522f90d26052be',
    '3.11.7-1234567890123456',
    basename(besides('3.11.7-34522f90d26052be')),
    `3.11.7-34522f90d26052be.pid${gone}-1`,
    'conda-lock-sync-left-a1B2c3',
    'repodata'
  ]
  const left = [
    `conda-lock-sync-pid${gone}-${here}-a1B2c3`,
    `3.11.7-34522f90d26052be.pid${gone}-${here}`,
    `3.11.7-34522f90d26052be.pid${gone}-${here}.old`,
    `3.11.7-34522f90d26052be.pid${process.pid}-2`,
    'conda-lock-sync-left-d4E5f6'
  ]
  for (const name of [...kept, ...left]) await mkdir(join(parent, name, 'bin'), { recursive: true })
  await Promise.all([...kept.slice(0, 2), ...left.slice(3)].map(name => utimes(join(parent, name), 0, 0)))
  const own = await makeScratch(parent)
  await removeAbandoned(parent, '')
  expect(await readdir(parent)).toEqual([...kept, basename(own)].sort())
  await removeScratch(own)
  expect(await readdir(parent)).toEqual([...kept].sort())
  await rm(parent, { recursive: true })
})

test('what is left for the job outlives its scratch folder and the next run, and is no link to elsewhere', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'left-'))
  const scratch = await makeScratch(parent)
  await mkdir(join(scratch, 'prefix', 'bin'), { recursive: true })
  await symlink('/', join(scratch, 'link'))
  const left = await leaveForJob(join(scratch, 'prefix'), parent)
  expect(await leaveForJob(join(scratch, 'link'), parent)).toBeUndefined()
  await removeScratch(scratch)
  await removeScratch(await makeScratch(parent))
  expect(await readdir(parent)).toEqual([basename(dirname(left ?? ''))])
  expect(await readdir(left ?? '')).toEqual(['bin'])
  await rm(parent, { recursive: true })
})
