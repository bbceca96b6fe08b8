/** A disk that is full, or may not be written to: the error names the file and its folder, wherever something is written. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { writeBundle } from '../../src/bundle/write.js'
import { writeTo } from '../../src/runner/disk.js'
import { placeFiles } from '../../src/runner/workspace.js'
import { makeBundle } from '../support/bundles.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disk-'))
})
afterAll(() => rm(folder, { recursive: true }))

const CONTENT = Buffer.from('new')
const NO_CHANGES = { changes: [], droppedPlatforms: [] }

/** Lets a write to the path find no space. */
async function fill(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await symlink('/dev/full', path)
  return path
}

async function bundleTo(target: string, path: string): Promise<void> {
  const bundle = makeBundle()
  await writeBundle(target, { ...bundle, files: [{ path, content: CONTENT }] }, NO_CHANGES)
}

/** Each writes somewhere, and gives the folder that the reader has to look at. */
const WRITES: Readonly<
  Record<string, (at: string) => Promise<{ readonly written: Promise<unknown>; readonly at: string }>>
> = {
  'a file of the workspace': async at => {
    await fill(join(at, `lock.${process.pid}.new`))
    return { written: placeFiles(at, [{ path: 'lock', content: CONTENT }]), at }
  },
  'a file of a bundle': at => {
    const path = relative(join(at, 'files'), '/dev/full')
    return Promise.resolve({ written: bundleTo(at, path), at: '/dev' })
  },
  'a bundle, in whose place is a file': async at => {
    await writeFile(at, '')
    return { written: bundleTo(join(at, 'bundle'), 'lock'), at }
  },
  'a file of the scratch folder': async at => ({ written: writeTo(await fill(join(at, 'steering')), 'text'), at })
}

test.each(Object.keys(WRITES))('%s', async name => {
  const write = WRITES[name]
  if (write === undefined) throw new Error(`nothing is written as ${name}`)
  const { written, at } = await write(join(folder, String(Object.keys(WRITES).indexOf(name))))
  await expect(written).rejects.toMatchObject({
    kind: 'disk',
    message: expect.stringContaining(at),
    hint: expect.stringContaining(` ${at}`)
  })
})
