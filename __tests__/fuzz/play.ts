/** Tries the properties: each with its own seed, which is printed and repeats the very cases. */
import fc from 'fast-check'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpackBundle } from '../../src/bundle/unpack.js'
import { loadVersionMatch } from '../../src/lockfile/constraint.js'
import { makeBundle, writeTo } from '../support/bundles.js'
import { startFaults } from '../support/faults.js'
import { inQuickTime } from '../support/quick-time.js'
import { KINDS, type KindName } from '../support/scenes.js'
import { alteredAnswers, isBad } from './answers.js'
import { makeProperties, type Properties } from './properties.js'

export async function loadProperties(): Promise<Properties> {
  const scratch = await mkdtemp(join(tmpdir(), 'fuzz-'))
  try {
    const folder = join(scratch, 'bundle')
    await writeTo(folder, makeBundle())
    const json = await readFile(join(folder, 'bundle.json'), 'utf8')
    return makeProperties(await unpackBundle(folder), json, await loadVersionMatch())
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** @returns what is wrong, with the case; undefined if nothing is */
export async function tryProperty(
  property: fc.IRawProperty<unknown>,
  seed: number,
  cases: number
): Promise<string | undefined> {
  const details = await fc.check(property, { seed, numRuns: cases })
  return details.failed ? fc.defaultReportMessage(details) : undefined
}

const AT_ONCE = 8

/** Plays runs in which an answer of GitHub's has another shape. @returns what went wrong */
export async function tryAnswers(seed: number, runs: number): Promise<string[]> {
  return inQuickTime(async () => {
    const stage = await startFaults(Object.keys(KINDS) as KindName[])
    const queue = fc.sample(alteredAnswers(stage), { seed, numRuns: runs })
    const faults: string[] = []
    const work = async () => {
      for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
        const verdict = await stage.judge(trial)
        if (isBad(verdict)) faults.push(`${trial.kind}, ${trial.effect}, ${trial.fault}: ${verdict.told}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    await stage.close()
    return faults
  })
}
