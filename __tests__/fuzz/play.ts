/** Tries the properties: each with its own seed, which is printed and repeats the very cases. */
import fc from 'fast-check'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unpackBundle } from '../../src/bundle/unpack.js'
import { makeBundle, writeTo } from '../support/bundles.js'
import { makeProperties, type Properties } from './properties.js'

export async function loadProperties(): Promise<Properties> {
  const scratch = await mkdtemp(join(tmpdir(), 'fuzz-'))
  try {
    const folder = join(scratch, 'bundle')
    await writeTo(folder, makeBundle())
    return makeProperties(await unpackBundle(folder), await readFile(join(folder, 'bundle.json'), 'utf8'))
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** @returns what is wrong, with the case; undefined if nothing is */
export function tryProperty(property: fc.IProperty<unknown>, seed: number, cases: number): string | undefined {
  const details = fc.check(property, { seed, numRuns: cases })
  if (details instanceof Promise) throw new Error('a property that waits')
  return details.failed ? fc.defaultReportMessage(details) : undefined
}
