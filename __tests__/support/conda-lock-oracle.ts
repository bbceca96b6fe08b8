import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Platform } from '../../src/lockfile/platforms.js'

/** What becomes of environment files: merged specs by platform and channels, or a refusal. */
export type Verdict =
  { readonly dependencies: Readonly<Record<string, unknown[]>>; readonly channels: readonly string[] } | 'refused'

/**
 * What conda-lock itself makes of merged environment files, by `render-lock-spec`.
 * @param cases the files of each merge, relative to the folder
 */
export function condaLocksVerdicts(
  python: string,
  folder: string,
  platforms: readonly Platform[],
  cases: readonly (readonly string[])[]
): Verdict[] {
  const lookup = join(folder, 'lookup.json')
  writeFileSync(lookup, '{}')
  const script = fileURLToPath(new URL('conda_lock_oracle.py', import.meta.url))
  const input = JSON.stringify({ platforms, lookup, cases })
  const result = spawnSync(python, [script], { cwd: folder, input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const verdicts: unknown = JSON.parse(result.stdout)
  if (!Array.isArray(verdicts)) throw new Error(result.stderr)
  return verdicts.map((verdict: Exclude<Verdict, 'refused'> | { refused: string }) =>
    'refused' in verdict ? 'refused' : verdict
  )
}
