import { stdout } from 'node:process'

/**
 * Prints each row as it ends, with its seconds. Jest's own reporters print a file when all of it has ended, which with these
 * rows is minutes later.
 * @implements {Pick<import('jest').Reporter, 'onTestCaseResult'>}
 */
export default class RowReporter {
  /**
   * @param {{ readonly path: string }} _test
   * @param {{ readonly status: string, readonly fullName: string, readonly duration?: number | null }} row
   */
  onTestCaseResult(_test, { status, fullName, duration }) {
    stdout.write(`${status}  ${((duration ?? 0) / 1000).toFixed(1).padStart(5)} s  ${fullName}\n`)
  }
}
