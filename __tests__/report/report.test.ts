import { BODY_LIMIT } from '../../src/github/pulls.js'
import { describe, expect, test } from '@jest/globals'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { loadVersionOrder } from '../../src/lockfile/version-order.js'
import { isMajor } from '../../src/report/attention.js'
import { makeReport } from '../../src/report/make.js'
import { renderReport } from '../../src/report/report.js'
import { environmentName, renderUsage } from '../../src/report/usage.js'
import type { Report } from '../../src/report/values.js'
import { expectGolden } from '../support/golden.js'
import { factsOf } from '../support/locks.js'
import { CHANGES } from './changes.js'

// `UPDATE_GOLDEN=1 npm test -- __tests__/report` writes them anew; each is to be read by eye then.
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url))
const order = await loadVersionOrder()

function reportOf(name: string): Report {
  const change = CHANGES[name]
  if (change === undefined) throw new Error(`no change ${name}`)
  return makeReport(factsOf(change), order)
}

describe('the report of a change reads as in its golden file', () => {
  test.each(Object.entries(CHANGES))('%s', async (name, change) => {
    const text = renderReport(reportOf(name), change.limit ?? BODY_LIMIT)
    await expectGolden(`report/golden/${name}.md`, text)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(change.limit ?? BODY_LIMIT)
  })

  test('and there is no golden file without a change', async () => {
    expect((await readdir(GOLDEN)).sort()).toEqual(
      Object.keys(CHANGES)
        .map(name => `${name}.md`)
        .sort()
    )
  })
})

test('a first pull request of 800 packages shows some twenty lines; what is longer is folded', () => {
  const text = renderReport(reportOf('first-lock-of-800'), BODY_LIMIT)
  expect(text.split('\n').length).toBeGreaterThan(800)
  const open = text.replace(/<details>[^]*?<\/details>/g, '').split('\n')
  expect(open.filter(line => line !== '').length).toBeLessThan(25)
})

describe('whatever room there is', () => {
  const CASES = ['real-size-four-platforms', 'all-800-changed-on-four-platforms', 'another-channel']
  const LIMITS = [400, 1000, 2500, 5000, 8000, 11_000, 30_000, BODY_LIMIT, 1_000_000]

  test.each(CASES)('the report of %s keeps to it, with whole tables and closed folds', name => {
    const report = reportOf(name)
    const texts = LIMITS.map(limit => renderReport(report, limit))
    texts.forEach((text, index) => {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMITS[index] ?? 0)
      expect(text.split('<details>').length).toBe(text.split('</details>').length)
      expect(text).not.toMatch(/^\|(?:.*[^|\s])?$/m)
      expect(text.split('```').length % 2).toBe(1)
    })
    const lengths = texts.map(text => text.length)
    expect(lengths).toEqual([...lengths].sort((left, right) => left - right))
  })

  test('a summary of 1 MiB has what the body of the same change leaves out, and the body says where', () => {
    const report = reportOf('all-800-changed-on-four-platforms')
    expect(renderReport(report, BODY_LIMIT)).toContain(`[summary of the run](${report.runUrl ?? ''})`)
    expect(renderReport(report, 1_000_000).match(/^\| `package-/gm)).toHaveLength(3200)
  })
})

describe('what is major', () => {
  test.each([
    ['1.9', '2.0', true],
    ['0.12.0', '0.13.0', false],
    ['0.9', '1.0', true],
    ['1!2.0', '1!3.0', true],
    ['9.0', '1!1.0', true],
    ['v2', 'v3', true],
    ['2024.12.1', '2025.1.0', false],
    ['3.4', '2025.1', true],
    ['master', 'main', false]
  ])('%s → %s: %s', (before, after, expected) => {
    expect(isMajor(before, after)).toBe(expected)
  })
})

test('with pip packages, the commands install their companion where they create the environment, whatever it is called', () => {
  const usage = {
    environment: 'my-env',
    lockfile: '-lock.yml',
    explicit: [{ platform: 'linux-64', path: 'my lock.txt', pipRequirements: "it's here.pip.txt", kernel: true }]
  }
  const text = renderUsage(usage)
  const pip = `python -m pip install --no-deps --require-hashes -r 'it'\\''s here.pip.txt'`
  expect(text).toContain('conda-lock install --name my-env ./-lock.yml\n')
  expect(text).toContain(`conda create --name my-env --file 'my lock.txt'\nconda run --name my-env ${pip}\n`)
  const prefix = '--prefix ~/envs/my-env'
  expect(text).toContain(`conda create ${prefix} --file 'my lock.txt'\nconda run ${prefix} ${pip}\n`)
  expect(text).toContain(`conda run ${prefix} python -m ipykernel install --user --name my-env --display-name my-env\n`)
})

test('each image of a repository has a name of its own for its environment and kernel', () => {
  const names = ['conda-lock.yml', 'gpu/conda-lock.yml', 'images/gpu/conda-lock.yml', 'images-gpu/conda-lock.yml']
  const files = ['gpu.conda-lock.yml', 'conda-lock-cpu.yaml', 'ml_conda-lock.yml', 'my env/größe.yml']
  expect([...names, ...files].map(path => environmentName('science', path))).toEqual([
    'science',
    'science.gpu',
    'science.images.gpu',
    'science.images-gpu',
    'science.gpu',
    'science.cpu',
    'science.ml',
    'science.my-env.gr-e'
  ])
  expect(environmentName(undefined, 'conda-lock.yml')).toBe('my-env')
})
