import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readlink, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { besides, makeScratch, removeAbandoned, removeScratch } from '../../src/runner/scratch.js'

test('what killed runs have left is removed by the next one, and nothing else', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'scratch-'))
  const here = /\d+/.exec(await readlink('/proc/self/ns/pid').catch(() => '0'))?.[0] ?? '0'
  const gone = spawnSync(process.execPath, ['--version']).pid
  const kept = [
    '3.11.7-34522f90d26052be',
    '3.11.7-1234567890123456',
    basename(besides('3.11.7-34522f90d26052be')),
    `3.11.7-34522f90d26052be.pid${gone}-1`,
    'repodata'
  ]
  const left = [
    `conda-lock-sync-pid${gone}-${here}-a1B2c3`,
    `3.11.7-34522f90d26052be.pid${gone}-${here}`,
    `3.11.7-34522f90d26052be.pid${gone}-${here}.old`,
    `3.11.7-34522f90d26052be.pid${process.pid}-2`
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
