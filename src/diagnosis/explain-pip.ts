import { SyncError, type Place } from '../common/errors.js'
import { code } from '../common/markdown.js'
import { pageAddress } from '../common/project.js'
import { enumerate } from '../common/sentences.js'
import { withoutAccess } from '../common/urls.js'
import type { Environment } from '../environment/parse.js'
import { pypiName } from '../environment/pypi-name.js'
import type { Spec } from '../environment/specs.js'
import type { DriverError } from '../toolchain/driver.js'
import { formatChain } from './chains.js'
import { readPipFailure, type Fact, type HiddenRelease, type Requirers } from './pip-failure.js'
import { describeSpec, placeOf } from './places.js'

/** More sentences than that help nobody. */
const MOST = 6
const ELSEWHERE = 'or take the package from conda.'
const PYPI = 'https://pypi.org/'
const OWN_INDEX = `Where there is no public PyPI, name an index with \`pip-repositories: [ADDRESS]\` and \`allow-pypi-requests: false\` in an environment file (${pageAddress('pip-packages.md#without-the-public-pypi')}).`
const HIDDEN_HINT = 'Loosen the spec, or name what is held back in `exclude-newer-exempt`.'
const INDEX_HINT =
  'Loosen the spec, or correct the name. An index that refuses access is told in the same words: check the variables in `pip-repositories`.'

/**
 * The error for a solve of `pip:` sections that failed, with the line of the entry that is the reason, or brought it in.
 * @param specs the merged specs
 * @returns undefined if it is none of the failures that are understood
 */
export function explainPip(
  error: DriverError,
  specs: readonly Spec[],
  environments: readonly Environment[]
): SyncError | undefined {
  const pip = specs.filter(spec => spec.manager === 'pip')
  const { culprit, requirers, requirement, index, url, facts, hidden } = readPipFailure(error)
  const named = origin(culprit, requirers, pip)
  switch (error.type) {
    case 'PackageNotFoundError':
      return refused(
        `a pip package needs ${culprit}, which is locked from conda, and the package index lacks that version`,
        'A conda package that a pip package needs must be on the index in the same version: loosen the spec, or take the pip package from conda.',
        named
      )
    case 'HalfAnIndexError':
      return refused(
        `the package index lists ${culprit}, but tells nothing of it where PyPI does, as mirrors of PyPI do`,
        OWN_INDEX,
        named
      )
    case 'BringsAddressError':
      return refused(
        `${quoted(culprit, '*')} asks for ${code(requirement)}, which is an address instead of a package`,
        `A lock holds files of package indexes, each with a hash: ask for another version of it, ${ELSEWHERE}`,
        named
      )
    case 'UndatedIndexError':
      return refused(
        `the package index ${code(index)} does not say when the files of \`${culprit}\` were uploaded, so \`exclude-newer\` would hold back all of them`,
        `Name \`${culprit}\` in \`exclude-newer-exempt\`, or add the line \`pypi=none\` to \`exclude-newer\`, with which it counts for conda channels only. It needs an index that tells \`upload-time\` (PEP 700), as PyPI does.`,
        named
      )
    case 'SolverProblemError':
      return unsolvable(facts, hidden, pip)
    default:
      return url === undefined ? undefined : unreachable(url, pip, environments)
  }
}

/** An address that could not be fetched: of a package index, or of a requirement. */
function unreachable(url: string, pip: readonly Spec[], environments: readonly Environment[]): SyncError {
  const index = environments.findLast(({ pipRepositories }) =>
    pipRepositories.some(entry => withoutAccess(url).startsWith(withoutAccess(entry)))
  )
  const ofIndex = index && { file: index.file, line: index.pipRepositoriesLine }
  const place = placeOf(pip.find(({ text }) => text.includes(url))) ?? ofIndex
  const later = 'If the address is right, it is down, or the runner does not reach it: run the workflow again later'
  const hint = url.startsWith(PYPI) ? `${later}. ${OWN_INDEX}` : `${later}, or check \`pip-repositories\`.`
  return refused(`${url} could not be fetched`, hint, { place, way: '' })
}

/** The named requirement that a package comes from, and the way down to it. */
interface Origin {
  readonly place: Place | undefined
  readonly way: string
}

function refused(problem: string, hint: string, { place, way }: Origin): SyncError {
  return new SyncError('solve', `The \`pip:\` packages cannot be locked: ${problem}.${way}`, {
    hint,
    place
  })
}

function origin(culprit: string, requirers: Requirers, pip: readonly Spec[]): Origin {
  const chain = [pypiName(culprit.split(' ')[0] ?? '')]
  const named = () => pip.find(spec => pypiName(spec.name) === chain[0])
  while (named() === undefined) {
    const requirer = requirers.get(chain[0] ?? '')
    if (requirer === undefined || chain.includes(requirer)) break
    chain.unshift(requirer)
  }
  const spec = named()
  const way =
    chain.length > 1 && spec !== undefined ? ` ${describeSpec(spec)} brings it in: ${formatChain(chain)}.` : ''
  return { place: placeOf(spec), way }
}

function unsolvable(facts: readonly Fact[], hidden: readonly HiddenRelease[], pip: readonly Spec[]): SyncError {
  const asked = facts.flatMap(fact => (fact.kind === 'named' ? [pypiName(fact.needed)] : []))
  const named = pip.filter(spec => asked.includes(pypiName(spec.name)))
  const late = hidden.filter(({ name }) =>
    facts.some(fact => fact.kind === 'no-version' && pypiName(fact.name) === name)
  )
  const told = [...facts.flatMap(sentenceOf), ...late.map(hiddenSentence)]
  const ways = told.length === 0 ? ['no versions of them go together'] : told.slice(0, MOST)
  const more = told.length > MOST ? `; and ${told.length - MOST} more reasons` : ''
  const askers = new Map(named.map(spec => [spec.name, describeSpec(spec)]))
  const way = askers.size > 1 ? ` ${enumerate([...askers.values()])} lead to that.` : ''
  const place = placeOf(named.at(-1))
  return refused(`${ways.join('; ')}${more}`, late.length > 0 ? HIDDEN_HINT : hintFor(facts), { place, way })
}

function hiddenSentence({ name, version, uploaded, by }: HiddenRelease): string {
  return `\`exclude-newer: ${by}\` holds back \`${name} ${version}\`, uploaded on ${uploaded.slice(0, 10)}`
}

function sentenceOf(fact: Fact): string[] {
  switch (fact.kind) {
    case 'named':
      return []
    case 'needs':
      return [`${quoted(fact.name, fact.version)} needs ${quoted(fact.needed, fact.needed_version)}`]
    case 'python':
      return [`${quoted(fact.name, fact.version)} needs Python ${fact.needs}, and Python ${fact.python} is locked`]
    case 'no-version':
      return [`the package index has no ${quoted(fact.name, fact.version)}`]
  }
}

function hintFor(facts: readonly Fact[]): string {
  if (facts.some(({ kind }) => kind === 'no-version')) return INDEX_HINT
  return facts.some(({ kind }) => kind === 'python')
    ? `Ask for a version that runs on this Python, ask for another Python, ${ELSEWHERE}`
    : 'Loosen or remove one of them.'
}

function quoted(name: string, version: string): string {
  return version === '*' ? `\`${name}\`` : `\`${name} ${version}\``
}
