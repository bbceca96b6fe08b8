import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { init } from '../../src/terminal/init.js'
import { ROOT } from '../support/action.js'
import { ACTION } from '../support/stand-ins.js'
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

test('the npm package names the repository that publishes it, which npm holds against the workflow', async () => {
  const { repository } = z
    .object({ repository: z.object({ url: z.string() }) })
    .parse(JSON.parse(await read('package.json')))
  expect(repository.url).toBe(`git+https://github.com/${ACTION}.git`)
})

test('a release names its commit in all that is to be copied, and takes out what was said before the first one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'release-'))
  const copied = ['README.md', 'docs', 'examples']
  for (const name of copied) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  const commit = 'c0ffee'.padEnd(40, '1')
  execFileSync(join(ROOT, 'scripts', 'name-release'), [commit, 'v1.2.3'], { cwd: folder })
  const names = (await readdir(folder, { recursive: true })).filter(name => /\.(?:md|yml)$/.test(name))
  let named = 0
  for (const name of names) {
    const [before, after] = [await read(name), await readFile(join(folder, name), 'utf8')]
    expect(after).not.toMatch(/no release yet|before the first release|Until there is a release/)
    const own = after.split('\n').filter(line => /conda-lock-sync\/conda-lock-sync[@#][0-9a-f]{40}/.test(line))
    for (const line of own) {
      expect([`uses: ${ACTION}@${commit} # v1.2.3`, `- run: npx --yes github:${ACTION}#${commit}`]).toContain(
        line.trim().replace(/^- (?=uses)/, '')
      )
    }
    named += own.length
    // Everything else stays, line by line.
    expect(before.split('\n')).toEqual(expect.arrayContaining(after.split('\n').filter(line => !own.includes(line))))
  }
  expect(named).toBeGreaterThan(10)

  const project = join(folder, 'project')
  await mkdir(project)
  await writeFile(join(project, 'environment.yml'), 'dependencies: [dask]\n')
  expect(await init(project, join(folder, 'examples'))).not.toContain('zeros')
  expect(await readFile(join(project, '.github/workflows/conda-lock-sync.yml'), 'utf8')).toContain(
    `@${commit} # v1.2.3`
  )
  await rm(folder, { recursive: true })
})
