import { pipEnvironment, runProcess } from '../toolchain/process.js'

/** More names than that are a mistake of another kind, and each costs a request. */
const MOST = 10

/**
 * Which of the names PyPI has (or the index that pip is set up for). Without an answer, none: this is only advice.
 * @param python a Python with pip
 */
export async function findOnPypi(python: string, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(names.slice(0, MOST).map(async name => ((await has(python, name)) ? [name] : [])))
  return new Set(found.flat())
}

async function has(python: string, name: string): Promise<boolean> {
  const quick = ['--disable-pip-version-check', '--no-input', '--retries', '0', '--timeout', '10']
  const args = ['-I', '-m', 'pip', 'index', 'versions', ...quick, name]
  const result = await runProcess(python, args, { environment: pipEnvironment() })
  return result?.exitCode === 0
}
