import { ODD_LINE_BREAK } from '../common/line-breaks.js'
import { code, codes, MOST_NAMES } from '../common/markdown.js'
import { pypiName } from '../environment/pypi-name.js'
import { findDifferences, tellDifferences } from '../lockfile/agreement.js'
import { decodeUrl, isSource, isWheel, packagesOn, parseCondaUrl, type LockedPackage } from '../lockfile/package.js'
import { notAccepted, type LockFacts, type LockProblem } from './check-values.js'
import { HEADER, makeCompanions, type Companion } from './companion.js'

/** An explicit lockfile as conda-lock writes it: nothing that would be a script, or a package for conda and a comment here. */
const EXPLICIT_LINE = /^(?:#.*|@EXPLICIT|https?:\/\/[!-~]+#(?:[0-9a-f]{32}|(?:sha256:)?[0-9a-f]{64})|)$/

/** Finds lines in explicit lockfiles that conda-lock does not write. */
export function findOddLines({ explicit }: LockFacts): LockProblem[] {
  return explicit.flatMap(({ path, text }): LockProblem[] => {
    if (ODD_LINE_BREAK.test(text)) {
      return [
        { message: `${code(path)} has characters that end a line for some programs only.`, place: { file: path } }
      ]
    }
    const index = text.split(/\r?\n/).findIndex(line => !EXPLICIT_LINE.test(line.trim()))
    if (index === -1) return []
    const message = `line ${index + 1} of ${code(path)} is none that conda-lock writes.`
    return [{ message, place: { file: path, line: index + 1 } }]
  })
}

/** Finds explicit lockfiles that hold something else than the lockfile does. */
export function findDisagreements({ explicit, unified, lockfile }: LockFacts): LockProblem[] {
  return explicit.flatMap(({ platform, path, text, packages }): LockProblem[] => {
    const differences = findDifferences(packagesOn(platform, unified.packages), packages)
    const [first] = differences
    if (first === undefined) return []
    return [
      {
        message: `${tellDifferences(differences, path, lockfile.path)}.`,
        place: placeOf(path, text, first.explicit?.url)
      }
    ]
  })
}

/** Where a text stands in a file. */
function placeOf(file: string, content: string, text: string | undefined): NonNullable<LockProblem['place']> {
  const index = text === undefined ? -1 : content.split('\n').findIndex(line => line.includes(text))
  return index === -1 ? { file } : { file, line: index + 1 }
}

/** Finds names and addresses that are not what they look like, and archives that are none. */
export function findOddPackages({ lockfile, unified: { packages } }: LockFacts): LockProblem[] {
  const spellings = new Set<string>()
  const problems = packages.flatMap((pin): LockProblem[] => {
    const { platform, manager, name, version, url } = pin
    if (!/^[\w.+-]+$/.test(name) || /[^!-~]/.test(url))
      return [notAccepted(`it has the odd name or address ${code(`${name} ${url}`)}`)]
    const spelling = `${platform} ${manager} ${pypiName(name)}`
    if (manager === 'pip' && spellings.has(spelling))
      return [notAccepted(`${name} is there twice for ${platform}, in two spellings`)]
    spellings.add(spelling)
    if (name.startsWith('__')) return [notAccepted(`it holds the virtual package ${name}`)]
    if (manager === 'pip' && !isWheel(pin) && !isSource(pin)) return [noArchive(pin)]
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      return [notAccepted(`${name} ${code(version)} comes from ${code(url)}, which is not on the network`)]
    return []
  })
  return problems.map(problem => ({ place: { file: lockfile.path }, ...problem }))
}

/** Folders and repositories have no hash, so that anything could be installed. */
function noArchive({ name, version, url }: LockedPackage): LockProblem {
  return {
    kind: 'solve',
    message: `The pip package ${name} ${version} comes from ${url}, which is neither a wheel nor a source distribution.`,
    hint: 'Ask for it by name, or by the address of a wheel, or take the package from conda.'
  }
}

/** Finds versions that are not those of the files: what a reader sees is the version, and what gets installed is the file. */
export function findOddVersions({ lockfile, unified }: LockFacts): LockProblem[] {
  const [odd, ...others] = unified.packages.filter(pin => !isOfItsFile(pin))
  if (odd === undefined) return []
  const names =
    others.length === 0 ? '' : `, and so for ${codes([...new Set(others.map(({ name }) => name))], MOST_NAMES)}`
  const message = `${code(lockfile.path)} says ${code(`${odd.name} ${odd.version}`)}, and the file it names for that is ${code(odd.url)}${names}.`
  return [{ message, place: placeOf(lockfile.path, lockfile.text, odd.url) }]
}

function isOfItsFile({ manager, name, version, url }: LockedPackage): boolean {
  if (!URL.canParse(url)) return false
  const file = manager === 'conda' ? parseCondaUrl(url) : (sourceOf(url) ?? wheelOf(url))
  const isSame = manager === 'conda' ? file?.version === version : numbersOf(file?.version) === numbersOf(version)
  return file !== undefined && isSame && pypiName(file.name) === pypiName(name)
}

interface NamedFile {
  readonly name: string
  readonly version: string
}

/** The name of a source distribution may have hyphens. */
function sourceOf(url: string): NamedFile | undefined {
  const file = new URL(url).pathname.split('/').at(-1) ?? ''
  const match = /^(.+)-([^-]+)\.(?:tar(?:\.(?:gz|bz2|xz))?|zip)$/.exec(file)
  const [, name, version] = match ?? []
  return name === undefined || version === undefined ? undefined : { name, version: decodeUrl(version) }
}

function wheelOf(url: string): NamedFile | undefined {
  const [name, version] = new URL(url).pathname.split('/').at(-1)?.split('-') ?? []
  return name === undefined || version === undefined ? undefined : { name, version: decodeUrl(version) }
}

/** Python packages write one version in many ways: 2024.01 and 2024.1, 1.0rc1 and 1.0.c1. */
function numbersOf(version: string | undefined): string {
  const numbers = (version?.match(/\d+/g) ?? []).map(Number)
  const last = numbers.findLastIndex(number => number !== 0)
  return numbers.slice(0, Math.max(last, 0) + 1).join('.')
}

/** Finds requirements files that do not have the pip packages of the lockfile. */
export function findOddCompanions(facts: LockFacts): LockProblem[] {
  const { contents, lockfile, unified, platforms, pipRequirements } = facts
  return makeCompanions(unified, { platforms, pipRequirements }).flatMap(companion =>
    findOddCompanion(companion, contents.get(companion.path), lockfile.path)
  )
}

function findOddCompanion(
  { path, text: wanted = '', platform }: Companion,
  content: Uint8Array | undefined,
  lockfile: string
): LockProblem[] {
  const text = Buffer.from(content ?? []).toString('utf8')
  if (text === wanted || (wanted === '' && !text.startsWith(HEADER))) return []
  if (content === undefined) {
    return [{ message: `There is no ${code(path)}, the pip packages of ${code(lockfile)} for ${platform}.` }]
  }
  const [has = [], wants = []] = [text, wanted].map(all => all.split('\n').filter(line => line.includes(' @ ')))
  const odd = [...has.filter(line => !wants.includes(line)), ...wants.filter(line => !has.includes(line))]
  const names = [...new Set(odd.map(line => line.split(' @ ', 1).join()))]
  const which = names.length === 0 ? 'its head' : codes(names, MOST_NAMES)
  const message = `${code(path)} does not have the pip packages of ${code(lockfile)}: ${which} ${names.length > 1 ? 'differ' : 'differs'}.`
  return [{ message, place: placeOf(path, text, odd[0]) }]
}
