import { checkVersion } from '../bundle/lockfiles.js'
import { messageOf } from '../common/errors.js'
import { code, codes } from '../common/markdown.js'
import { inMergeOrder } from '../environment/files.js'
import { changedInputs, type InputChange } from '../environment/made-from.js'
import { namedKey, namesIn } from '../environment/named.js'
import type { Inputs } from '../inputs/inputs.js'
import { HEADER, type Companion } from '../lock/companion.js'
import { localName, type Plan } from '../lock/plan.js'
import { checkLocks, renderedFor } from '../lock/verify.js'
import { findDifferences, tellDifferences } from '../lockfile/agreement.js'
import { forPlatform } from '../lockfile/platforms.js'
import type { PreviousLocks } from '../lockfile/previous.js'
import { INPUTS_HASH } from '../lockfile/propose.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { Finding } from '../report/check.js'
import { tellSetting } from '../report/settings.js'

/** More names than this in one sentence help nobody. */
const MOST_NAMES = 10

/** What is wrong with lockfiles, as far as it can be said without a solve; nothing if they are as they must be. */
export function findProblems(
  inputs: Inputs,
  plan: Plan,
  previous: PreviousLocks,
  companions: readonly Companion[]
): Finding[] {
  const { unified } = previous
  const unreadable = previous.warnings.map(message => findUnreadable(inputs, message))
  if (unified === undefined) {
    return unreadable.length > 0 ? unreadable : [{ message: `There is no ${code(inputs.lockfile)}.` }]
  }
  const torn = [
    ...unreadable,
    ...findTorn(inputs, previous, unified),
    ...findOddVersions(inputs, previous, unified),
    ...findOddCompanions(inputs, previous, companions)
  ]
  const whole = torn.length === 0 ? findUnsound(inputs, previous, unified) : []
  return [...findStale(inputs, plan, unified), ...torn, ...whole]
}

function findUnreadable({ lockfile, explicitLockfile, platforms }: Inputs, message: string): Finding {
  const paths = [lockfile, ...platforms.map(platform => forPlatform(explicitLockfile, platform))]
  const file = paths.find(path => message.startsWith(`The old ${path} `))
  return file === undefined ? { message: code(message) } : { message: code(message), place: { file } }
}

/** What the lockfile was made from and what there is now: the hash decides, and what else it remembers says why. */
function findStale(inputs: Inputs, plan: Plan, unified: UnifiedLock): Finding[] {
  const { lockfile } = inputs
  const hash = unified.custom[INPUTS_HASH]
  if (hash === plan.metadata[INPUTS_HASH]) return []
  if (hash === undefined) return [{ message: `${code(lockfile)} does not say what it was made from.` }]
  const changes = changedInputs(unified.custom, plan.metadata)
  if (changes.length > 0) return changes.map(change => tellChange(change, inputs, plan, unified))
  return [{ message: `${code(lockfile)} was made from other environment files or settings than those here.` }]
}

function tellChange(change: InputChange, inputs: Inputs, plan: Plan, unified: UnifiedLock): Finding {
  const lockfile = code(inputs.lockfile)
  if (change.kind === 'setting') return { message: tellSetting(change, inputs.lockfile) }
  const environments = inMergeOrder(plan.environments)
  const environment = environments.find(({ file }) => localName(inputs, file) === change.file)
  const file = environment?.file ?? change.file
  if (change.kind === 'removed') {
    return { message: `${lockfile} was made from ${code(file)} as well, which is none of the environment files here.` }
  }
  const locked = new Set(unified.packages.map(namedKey))
  const names = environment === undefined ? [] : [...namesIn(environment, inputs.platforms).keys()]
  const lacking = names.filter(key => !locked.has(key)).map(key => key.slice(key.indexOf(' ') + 1))
  const without = lacking.length === 0 ? '' : ` It lacks ${codes(lacking, MOST_NAMES)}.`
  const problem =
    change.kind === 'added'
      ? `${code(file)} is an environment file here, and ${lockfile} was made without it.`
      : `${code(file)} asks for something else than when ${lockfile} was made.`
  return { message: `${problem}${without}`, place: { file } }
}

/** Explicit lockfiles that are missing or hold something else than the lockfile does. */
function findTorn(inputs: Inputs, { explicit, contents }: PreviousLocks, unified: UnifiedLock): Finding[] {
  return inputs.platforms.flatMap((platform): Finding[] => {
    const path = forPlatform(inputs.explicitLockfile, platform)
    const packages = explicit.get(platform)
    if (packages === undefined) {
      return contents.has(path)
        ? []
        : [{ message: `There is no ${code(path)}, the explicit lockfile for ${platform}.` }]
    }
    const differences = findDifferences(renderedFor(platform, unified), packages)
    const [first] = differences
    if (first === undefined) return []
    const line = lineOf(contents.get(path), first.explicit?.url)
    const message = `${tellDifferences(differences, path, inputs.lockfile)}.`
    return [{ message, place: line === undefined ? { file: path } : { file: path, line } }]
  })
}

/** The line, counted from 1, that has a text. */
function lineOf(content: Uint8Array | undefined, text: string | undefined): number | undefined {
  if (content === undefined || text === undefined) return undefined
  const index = Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .findIndex(line => line.includes(text))
  return index === -1 ? undefined : index + 1
}

/** What a reader sees is the version, and what gets installed is the file. */
function findOddVersions({ lockfile }: Inputs, { contents }: PreviousLocks, unified: UnifiedLock): Finding[] {
  const [odd, ...others] = unified.packages.filter(
    pin =>
      problemOf(() => {
        checkVersion(pin)
      }) !== undefined
  )
  if (odd === undefined) return []
  const names =
    others.length === 0 ? '' : `, and so for ${codes([...new Set(others.map(({ name }) => name))], MOST_NAMES)}`
  const message = `${code(lockfile)} says ${code(`${odd.name} ${odd.version}`)}, and the file it names for that is ${code(odd.url)}${names}.`
  const line = lineOf(contents.get(lockfile), odd.url)
  return [{ message, place: line === undefined ? { file: lockfile } : { file: lockfile, line } }]
}

/** Requirements files that do not have the pip packages of the lockfile. */
function findOddCompanions(
  { lockfile }: Inputs,
  { contents }: PreviousLocks,
  companions: readonly Companion[]
): Finding[] {
  return companions.flatMap(({ path, text: wanted = '', platform }): Finding[] => {
    const content = contents.get(path)
    const text = Buffer.from(content ?? []).toString('utf8')
    if (text === wanted || (wanted === '' && !text.startsWith(HEADER))) return []
    if (content === undefined) {
      return [{ message: `There is no ${code(path)}, the pip packages of ${code(lockfile)} for ${platform}.` }]
    }
    const [has, wants] = [text, wanted].map(all => all.split('\n').filter(line => line.includes(' @ ')))
    const odd = [
      ...(has ?? []).filter(line => wants?.includes(line) !== true),
      ...(wants ?? []).filter(line => has?.includes(line) !== true)
    ]
    const names = [...new Set(odd.map(line => line.split(' @ ', 1).join()))]
    const which = names.length === 0 ? 'its head' : codes(names, MOST_NAMES)
    const line = lineOf(content, odd[0])
    const message = `${code(path)} does not have the pip packages of ${code(lockfile)}: ${which} ${names.length > 1 ? 'differ' : 'differs'}.`
    return [{ message, place: line === undefined ? { file: path } : { file: path, line } }]
  })
}

/** Everything else that a lockfile must be: for the platforms, with hashes, with all dependencies. */
function findUnsound({ platforms, lockfile }: Inputs, { explicit }: PreviousLocks, unified: UnifiedLock): Finding[] {
  const message = problemOf(() => {
    checkLocks({ unified, explicit }, platforms)
  })
  return message === undefined ? [] : [{ message, place: { file: lockfile } }]
}

function problemOf(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}
