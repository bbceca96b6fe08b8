import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { ROOT } from '../support/action.js'

/** A test, or one row of a test. */
interface Named {
  readonly path: string
  readonly name: string
}

const page = await readFile(join(ROOT, 'docs', 'threat-model.md'), 'utf8')
const rows = page
  .split('\n')
  .filter(line => line.startsWith('|'))
  .slice(2)

function testsIn(row: string): Named[] {
  const found = row.matchAll(/\]\(\.\.\/(__tests__\/[\w./-]+)\) "([^"]+)"/g)
  return [...found].map(([, path = '', name = '']) => ({ path, name }))
}

/** Whether a file of tests has a test, or a row of one, with this name. */
async function has({ path, name }: Named): Promise<boolean> {
  const text = await readFile(join(ROOT, path), 'utf8')
  return ["'", '"', '`'].some(quote => text.includes(`${quote}${name}${quote}`))
}

test('every row of the threat model names a test that there is', async () => {
  expect(rows.length).toBeGreaterThan(20)
  expect(rows.filter(row => testsIn(row).length === 0)).toEqual([])
  for (const named of rows.flatMap(testsIn)) {
    expect(named.path).toMatch(/\.test\.ts$/)
    expect([named, await has(named)]).toEqual([named, true])
  }
})
