import { notAccepted, type LockFacts, type LockProblem } from './check-values.js'
import { findOddCompanions, findOddLines, findOddPackages, findOddVersions, findDisagreements } from './file-checks.js'
import { findCredentials, findUnnamedChannels, findRepublished } from './origins.js'
import {
  findContradictions,
  findMissingDependencies,
  findOddPlatforms,
  findUnhashed,
  findUnmet,
  findUnneeded
} from './package-checks.js'

/** Where locks are checked: in a checkout, before a bundle is published, and before a run proposes a lock that it has made. */
export type Where = 'check' | 'publish' | 'lock'

const EVERYWHERE: readonly Where[] = ['check', 'publish', 'lock']

/** Something that a lock must be, as far as it can be told without a solve. The table in docs/modes.md is made of these. */
export interface LockCheck {
  readonly name: string
  /** What must be so, as Markdown. */
  readonly says: string
  /** How the files of a lock fit each other, or which packages they have. */
  readonly isAbout: 'files' | 'packages'
  readonly where: readonly Where[]
  readonly find: (facts: LockFacts) => readonly LockProblem[]
}

/** All checks of a lock. */
export const LOCK_CHECKS: readonly LockCheck[] = [
  {
    name: 'credentials',
    says: 'no address holds a password or a token',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findCredentials
  },
  {
    name: 'names',
    says: 'names and addresses are plain, on the network, and of packages that can be installed; no project is there in two spellings',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findOddPackages
  },
  {
    name: 'explicit text',
    says: 'explicit lockfiles have only lines that conda-lock writes',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findOddLines
  },
  {
    name: 'agreement',
    says: 'explicit lockfiles have the packages of `conda-lock.yml`, each once, with the same address and hash',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findDisagreements
  },
  {
    name: 'versions',
    says: 'the version that `conda-lock.yml` says is that of the file at the address',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findOddVersions
  },
  {
    name: 'pip files',
    says: 'requirements files for pip have the pip packages of `conda-lock.yml`, with their hashes',
    isAbout: 'files',
    // A new lock has no such files yet: they are made from it.
    where: ['check', 'publish'],
    find: findOddCompanions
  },
  {
    name: 'same file',
    says: 'an address that the lock of before has, too, has the same SHA-256 and MD5 there',
    isAbout: 'files',
    where: EVERYWHERE,
    find: findRepublished
  },
  {
    name: 'platforms',
    says: 'the lock is for the platforms that are asked for, and no others',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findOddPlatforms
  },
  {
    name: 'hashes',
    says: 'every package has a hash, in both lockfiles',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findUnhashed
  },
  {
    name: 'channels',
    says: 'conda packages come from the channels that are named, for their own platform or `noarch`',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findUnnamedChannels
  },
  {
    name: 'dependencies',
    says: 'everything that a conda package needs is locked',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findMissingDependencies
  },
  {
    name: 'contradictions',
    says: 'no conda package has a version or build that another one excludes',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findContradictions
  },
  {
    name: 'specs',
    says: 'every spec of the environment files is met, by name, version, build and channel',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findUnmet
  },
  {
    name: 'needed',
    says: 'every package is asked for, or needed by one that is',
    isAbout: 'packages',
    where: EVERYWHERE,
    find: findUnneeded
  }
]

/** More problems of one kind than this are counted only. */
const MOST_PROBLEMS = 10

/**
 * What of a lock is not as it must be. Where the files do not fit each other, nothing is said of the packages: what those
 * lack follows from that.
 */
export function findLockProblems(facts: LockFacts, where: Where): LockProblem[] {
  const find = (about: LockCheck['isAbout']) =>
    LOCK_CHECKS.filter(check => check.isAbout === about && check.where.includes(where)).flatMap(check =>
      atMost(check.find(facts))
    )
  const inFiles = find('files')
  if (inFiles.length > 0 || facts.wanted === undefined) return inFiles
  return find('packages').map(problem => ({ place: { file: facts.lockfile.path }, ...problem }))
}

function atMost(problems: readonly LockProblem[]): readonly LockProblem[] {
  const more = problems.length - MOST_PROBLEMS
  return more <= 0
    ? problems
    : [...problems.slice(0, MOST_PROBLEMS), notAccepted(`there are ${more} more problems like the last one`)]
}
