import { describe, expect, test } from '@jest/globals'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSettings } from '../../src/inputs/settings.js'
import { INPUTS } from '../../src/inputs/table.js'
import { ROOT } from '../support/action.js'
import { ACTION } from '../support/stand-ins.js'
import { exampleNamed, readWorkflow, stepsOf, type Job, type Step } from '../support/workflows.js'

const EXAMPLE = exampleNamed('nightly')

function isOwn({ uses = '' }: Step): boolean {
  return uses === './' || uses.startsWith(`${ACTION}@`)
}

function locks({ steps }: Job): boolean {
  return steps.some(step => isOwn(step) && step.with?.mode === 'lock')
}

/** An action at a commit, with its version; this one has none before its first release, and says so. */
const PINNED =
  /^(?:conda-lock-sync\/conda-lock-sync@0{40} # no release yet: put the SHA of a commit here|[\w-]+\/[\w-]+@(?!0{40})[0-9a-f]{40} # v\d+\.\d+\.\d+)$/

describe('workflows', () => {
  async function workflowFiles(): Promise<string[]> {
    const folders = ['examples', '.github/workflows']
    const names = folders.map(async folder => (await readdir(join(ROOT, folder))).map(name => join(ROOT, folder, name)))
    return (await Promise.all(names))
      .flat()
      .filter(path => path.endsWith('.yml') && !/(?:environment|settings)\.yml$/.test(path))
  }

  test('the one to copy is in the README, word for word, and so are its settings', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    for (const path of [EXAMPLE, exampleNamed('settings')])
      expect(readme).toContain(`\`\`\`yaml\n${await readFile(path, 'utf8')}\`\`\``)
  })

  test('pin every action by its SHA, say which version that is, and say what they may do', async () => {
    const files = await workflowFiles()
    expect(files).toContain(EXAMPLE)
    for (const path of files) {
      const text = await readFile(path, 'utf8')
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, name = '']) => name).filter(name => name !== './')
      for (const name of uses) expect(name).toMatch(PINNED)
      expect((await readWorkflow(path)).permissions).toBeDefined()
    }
  })

  test('give this action only inputs that it has', async () => {
    const steps = (await Promise.all((await workflowFiles()).map(readWorkflow))).flatMap(stepsOf)
    const own = steps.filter(isOwn)
    expect(own.length).toBeGreaterThan(0)
    for (const name of own.flatMap(step => Object.keys(step.with ?? {}))) expect(Object.keys(INPUTS)).toContain(name)
  })

  test('let a job that locks only read, and one that may write run this action and nothing from a checkout', async () => {
    for (const name of ['images', 'relock-comment']) {
      const jobs = Object.values((await readWorkflow(exampleNamed(name))).jobs)
      expect(jobs.filter(locks).map(job => job.permissions)).toEqual([{ contents: 'read' }])
      const writing = jobs.filter(job => job.permissions?.contents === 'write').flatMap(job => job.steps)
      expect(writing.map(({ uses = 'a script' }) => uses.replace(/@.*/, ''))).toEqual([
        'actions/download-artifact',
        ACTION
      ])
    }
  })

  test('hold the policy on upstream files against those of a pull request, too, when one is to be locked', async () => {
    const own = stepsOf(await readWorkflow(exampleNamed('relock-comment'))).filter(isOwn)
    expect(own.map(step => [step.with?.mode, step.with?.['policy-on']])).toEqual([
      ['lock', 'all'],
      ['commit', 'all']
    ])
  })

  test('lose none of the files of a bundle on the way from one job to the other, hidden ones neither', async () => {
    const steps = (await Promise.all((await workflowFiles()).map(readWorkflow))).flatMap(stepsOf)
    const uploads = steps.filter(({ uses = '' }) => uses.startsWith('actions/upload-artifact@'))
    expect(uploads.map(step => step.with?.['include-hidden-files'])).toEqual([true, true])
  })

  test('put no text from outside into a script', async () => {
    const steps = (await Promise.all((await workflowFiles()).map(readWorkflow))).flatMap(stepsOf)
    const scripts = steps.flatMap(step => step.run ?? [])
    expect(scripts.length).toBeGreaterThan(1)
    for (const script of scripts) expect(script).not.toContain('${{')
  })

  test('leave what is locked to the settings file, so that no list of files stands twice', async () => {
    const names = ['nightly', 'images', 'dispatch', 'relock-comment', 'check']
    const steps = (await Promise.all(names.map(name => readWorkflow(exampleNamed(name))))).flatMap(stepsOf)
    const set = steps.filter(isOwn).flatMap(step => Object.keys(step.with ?? {}))
    expect(new Set(set)).toEqual(
      new Set(['mode', 'working-directory', 'bundle', 'bundles', 'policy-on', 'relock', 'upgrade', 'branch'])
    )
  })

  test.each([['settings.yml'], ['heliocloud/settings.yml']])('%s is a settings file', async name => {
    const text = await readFile(join(ROOT, 'examples', name), 'utf8')
    expect(() => parseSettings(name, text)).not.toThrow()
  })
})
