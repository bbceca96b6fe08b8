import { blobSha } from '../../src/common/files.js'
import { mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { placeFiles, readEnvironmentFiles, readWorkspaceFile } from '../../src/runner/workspace.js'
import { snapshot } from '../support/world.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workspace-'))
})

afterEach(() => rm(folder, { recursive: true }))

test('names contents as git does', () => {
  expect(blobSha(new Uint8Array())).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')
  expect(blobSha(Buffer.from('hello\n'))).toBe('ce013625030ba8dba906f756967f9e9ca394464a')
})

test('reads a file, and tells a missing one from a folder', async () => {
  await writeFile(join(folder, 'a'), 'x')
  expect(await readWorkspaceFile(folder, 'a')).toEqual(Buffer.from('x'))
  expect(await readWorkspaceFile(folder, 'b')).toBeUndefined()
  expect(await readWorkspaceFile(folder, 'a/b')).toBeUndefined()
  await expect(readWorkspaceFile(folder, '.')).rejects.toMatchObject({ message: expect.stringContaining('folder') })
})

test('reads through a link to another file of the repository, but not to what is outside of it', async () => {
  const repository = join(folder, 'repository')
  await mkdir(join(repository, 'images'), { recursive: true })
  await writeFile(join(folder, 'secret'), 'x')
  await writeFile(join(repository, '..environment.yml'), 'y')
  await symlink('../..environment.yml', join(repository, 'images', 'environment.yml'))
  await symlink(folder, join(repository, 'outside'))
  await symlink('/proc/self/environ', join(repository, 'environment.yml'))

  expect(await readWorkspaceFile(repository, 'images/environment.yml')).toEqual(Buffer.from('y'))
  for (const path of ['environment.yml', 'outside/secret']) {
    await expect(readWorkspaceFile(repository, path)).rejects.toMatchObject({
      message: `\`${path}\` is a link to a place outside of the repository.`,
      place: { file: path }
    })
  }
})

test('a missing environment file is told from a missing checkout', async () => {
  await expect(readEnvironmentFiles(folder, ['e.yml'])).rejects.toMatchObject({
    hint: expect.stringContaining('actions/checkout')
  })
  await mkdir(join(folder, '.git'))
  await expect(readEnvironmentFiles(folder, ['e.yml'])).rejects.toMatchObject({
    place: { file: 'e.yml' },
    hint: expect.stringContaining('`environment-files`')
  })
})

test('files are put into place, with their folders, and nothing else stays', async () => {
  await writeFile(join(folder, 'a'), 'old')
  await placeFiles(folder, [
    { path: 'a', content: Buffer.from('new') },
    { path: 'deep/er/b', content: Buffer.from([0, 255]) }
  ])
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new')
  expect(await readFile(join(folder, 'deep/er/b'))).toEqual(Buffer.from([0, 255]))
  expect(Object.keys(await snapshot(folder))).toEqual(['a', 'deep/er/b'])
})

test('files are put through a link within the repository, but not out of it; a link in their own place is replaced', async () => {
  const repository = join(folder, 'repository')
  await mkdir(join(repository, 'images'), { recursive: true })
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(join(folder, 'secret'), 'mine')
  await symlink('images', join(repository, 'inside'))
  await symlink('../elsewhere', join(repository, 'outside'))
  await symlink('../nowhere', join(repository, 'dangling'))
  await symlink('../secret', join(repository, 'file'))
  const content = Buffer.from('new')
  await placeFiles(
    repository,
    ['inside/a', 'file'].map(path => ({ path, content }))
  )
  expect(await readFile(join(repository, 'images/a'), 'utf8')).toBe('new')
  expect(await readFile(join(repository, 'file'), 'utf8')).toBe('new')
  for (const path of ['outside/a', 'outside/deep/a']) {
    await expect(placeFiles(repository, [{ path, content }])).rejects.toMatchObject({
      message: '`outside` is a link to a place outside of the repository.'
    })
  }
  await expect(placeFiles(repository, [{ path: 'outside/a', content: undefined }])).rejects.toThrow('outside')
  await expect(placeFiles(repository, [{ path: 'dangling/a', content }])).rejects.toThrow()
  expect(Object.keys(await snapshot(folder)).filter(path => !path.startsWith('repository'))).toEqual(['secret'])
  expect(await readFile(join(folder, 'secret'), 'utf8')).toBe('mine')
})

test('a link to another file of the repository stays, and so does the mode of a file', async () => {
  await mkdir(join(folder, 'shared'))
  await writeFile(join(folder, 'shared/lock'), 'old', { mode: 0o755 })
  await symlink('shared/lock', join(folder, 'lock'))
  await placeFiles(folder, [{ path: 'lock', content: Buffer.from('new') }])
  expect(await readlink(join(folder, 'lock'))).toBe('shared/lock')
  expect(await readFile(join(folder, 'shared/lock'), 'utf8')).toBe('new')
  expect((await stat(join(folder, 'shared/lock'))).mode & 0o777).toBe(0o755)
})

test('when one file cannot be written, no other has changed', async () => {
  await writeFile(join(folder, 'a'), 'old')
  const files = ['a', 'a/b'].map(path => ({ path, content: Buffer.from('new') }))
  await expect(placeFiles(folder, files)).rejects.toThrow()
  expect(await snapshot(folder)).toEqual({ a: Buffer.from('old').toString('base64') })
})

test('a full disk: the error names the file, and nothing is left half-written', async () => {
  const files = [
    { path: 'a', content: Buffer.from('new') },
    { path: 'locks/b', content: Buffer.from('new') }
  ]
  await mkdir(join(folder, 'locks'))
  await writeFile(join(folder, 'a'), 'old')
  await symlink('/dev/full', join(folder, 'locks', `b.${process.pid}.new`))
  await expect(placeFiles(folder, files)).rejects.toMatchObject({
    message: expect.stringMatching(/locks\/b could not be written: .*ENOSPC/),
    hint: expect.stringContaining(join(folder, 'locks'))
  })
  expect(Object.keys(await snapshot(folder))).toEqual(['a'])
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old')
})
