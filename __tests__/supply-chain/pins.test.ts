import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { ROOT } from '../support/action.js'
import { readWorkflow, stepsOf } from '../support/workflows.js'

const read = (path: string) => readFile(join(ROOT, path), 'utf8')

async function requirementsFiles(): Promise<string[]> {
  const folders = ['solver', 'scripts'].map(async folder =>
    (await readdir(join(ROOT, folder))).map(name => join(folder, name))
  )
  return (await Promise.all(folders)).flat().filter(path => path.endsWith('.txt'))
}

test('every package of the toolchain has its version and its hashes', async () => {
  const files = await requirementsFiles()
  expect(files).toContain(join('solver', 'requirements.txt'))
  for (const path of files) {
    const entries = (await read(path))
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter(line => /^\w/.test(line))
    expect(entries.length).toBeGreaterThan(0)
    for (const entry of entries) expect(entry).toMatch(/^[\w.-]+(?:\[[\w,]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}/)
  }
})

const LOCK = z.object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })

test('every npm package has its hash, and a release takes nothing from a cache', async () => {
  const { packages } = LOCK.parse(JSON.parse(await read('package-lock.json')))
  const bare = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined)
  expect(bare.map(([path]) => path)).toEqual([])

  const steps = stepsOf(await readWorkflow(join(ROOT, '.github', 'workflows', 'release.yml')))
  const setups = steps.filter(({ uses = '' }) => uses.startsWith('actions/setup-node@'))
  expect(setups.map(step => step.with?.['package-manager-cache'])).toEqual([false, false])
  expect(
    steps.flatMap(step => [step.uses ?? '', ...Object.keys(step.with ?? {})]).filter(text => /(?:^|\/)cache/.test(text))
  ).toEqual([])
})
