import { expect } from '@jest/globals'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * Compares a text with a golden file; with the environment variable UPDATE_GOLDEN the file is written instead.
 * @param path relative to `__tests__/`
 */
export async function expectGolden(path: string, text: string): Promise<void> {
  const file = join(ROOT, path)
  if (process.env.UPDATE_GOLDEN !== undefined) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  expect(text).toBe(
    await readFile(file, 'utf8').catch(() => `there is no ${path} yet: run the tests with UPDATE_GOLDEN=1`)
  )
}
