import type { CondaLock } from '../toolchain/conda-lock.js'
import { pipEnvironment, runProcess } from '../toolchain/process.js'

/** More names than that are a mistake of another kind, and each costs a request. */
const MOST = 10

type Asked = Pick<CondaLock, 'python' | 'environment'>

/**
 * Which of the names PyPI has (or the index that pip is set up for). Without an answer, none: this is only advice.
 * @param condaLock with the Python whose pip is asked
 */
export async function findOnPypi(condaLock: Asked, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(names.slice(0, MOST).map(async name => ((await has(condaLock, name)) ? [name] : [])))
  return new Set(found.flat())
}

async function has({ python, environment }: Asked, name: string): Promise<boolean> {
  const quick = ['--disable-pip-version-check', '--no-input', '--retries', '0', '--timeout', '5']
  const args = ['-I', '-m', 'pip', 'index', 'versions', ...quick, name]
  const result = await runProcess(python, args, { environment: pipEnvironment(environment) })
  return result?.exitCode === 0
}
