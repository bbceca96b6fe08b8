import { SyncError } from '../common/errors.js'
import { field } from '../common/guards.js'
import { enumerate } from '../common/sentences.js'
import type { Environment } from '../environment/parse.js'
import type { Spec } from '../environment/specs.js'
import type { DriverError } from '../toolchain/driver.js'
import { placeOf } from './places.js'

/** What conda-lock was doing, by the steps of solver/driver.py. */
const DOING: Readonly<Record<string, string>> = {
  files: 'reading the environment files',
  conda: 'solving the conda packages',
  pip: 'solving the `pip:` packages',
  render: 'writing the lockfiles'
}

/** The error for a failure that nobody has thought of: what was being done, on which files, and which entry it may be. */
export function lastResort(
  error: DriverError,
  specs: readonly Spec[],
  environments: readonly Environment[]
): SyncError {
  const { type, message, details } = error
  const doing = DOING[String(field(details, 'step'))] ?? 'making the lock'
  const files = enumerate(environments.map(({ file }) => file))
  const named = suspect(message, specs)
  const entry = named === undefined ? '' : `, perhaps because of \`${named.text}\``
  return new SyncError('solve', `conda-lock failed while ${doing} of ${files}${entry}: it ended with ${type}.`, {
    hint: 'The log has its own words. If they name no entry, take out the newest ones, and report this with that log.',
    place: placeOf(named ?? firstOfLastFile(specs)),
    cause: error
  })
}

/** The entry that a message is about, if it repeats one. */
function suspect(message: string, specs: readonly Spec[]): Spec | undefined {
  const words = new Set(message.toLowerCase().split(/[^\w.+-]+/))
  return specs.find(({ text, name }) => message.includes(text) || words.has(name))
}

/** The first entry of the file that the reader can edit. */
function firstOfLastFile(specs: readonly Spec[]): Spec | undefined {
  const last = specs.at(-1)
  return specs.find(spec => spec.file === last?.file)
}
