import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SyncError, type Problem } from '../common/errors.js'
import { field } from '../common/guards.js'
import { oneLine } from '../common/sentences.js'
import { inMergeOrder } from '../environment/files.js'
import { decodeUrl, isSource } from '../lockfile/package.js'
import type { Platform } from '../lockfile/platforms.js'
import { logGroup } from '../runner/log.js'
import { leaveForJob } from '../runner/scratch.js'
import type { CondaLock } from '../toolchain/conda-lock.js'
import { DriverError } from '../toolchain/driver.js'
import type { Plan } from './plan.js'
import type { VerifiedLock } from './verified-lock.js'

const PLATFORM_OF: Readonly<Record<string, Platform>> = {
  'linux x64': 'linux-64',
  'linux arm64': 'linux-aarch64',
  'linux ppc64': 'linux-ppc64le',
  'darwin x64': 'osx-64',
  'darwin arm64': 'osx-arm64'
}

/** What a trial needs of a {@link VerifiedLock}. */
type Locked = Pick<VerifiedLock, 'explicit'> & { readonly unified: Pick<VerifiedLock['unified'], 'packages'> }

const PYPI = 'https://pypi.org/simple/'

/**
 * Installs what was locked for the runner's own platform into a scratch prefix, and runs a command there; both shut off from
 * the runner and its tokens, see solver/trial.py.
 * @returns the prefix, which stays in the runner's temporary folder
 * @throws SyncError of kind `solve` if something does not install or the command fails, of kind `input` where the runner cannot
 * shut it off
 */
export async function tryInstall(
  locked: Locked,
  command: readonly string[],
  plan: Pick<Plan, 'environments'>,
  { driver, scratch }: Pick<CondaLock, 'driver' | 'scratch'>
): Promise<string> {
  const platform = PLATFORM_OF[`${process.platform} ${process.arch}`]
  const explicit = locked.explicit.find(file => file.platform === platform)
  if (explicit === undefined) {
    throw new SyncError('input', `Input \`trial-install\`: ${platform ?? 'this runner'} is not among the platforms.`, {
      hint: 'A trial install is only for the platform of the runner: name it in `platforms`, or run on another runner.'
    })
  }
  const packages = locked.unified.packages.filter(pin => pin.platform === platform)
  const log = join(scratch, 'trial.log')
  const folder = join(scratch, 'trial')
  try {
    await driver.request('trial', {
      log,
      folder,
      explicit: withSha256(explicit.text, locked),
      python: packages.find(({ manager, name }) => manager === 'conda' && name === 'python')?.version ?? '',
      pip: packages
        .filter(({ manager }) => manager === 'pip')
        .map(pin => ({ url: pin.url, hash: pin.hash, source: isSource(pin), name: pin.name })),
      indexes: packageIndexes(plan),
      program: command
    })
  } catch (error) {
    throw error instanceof DriverError ? explain(error, command) : error
  } finally {
    logGroup('Trial installation', await readFile(log, 'utf8').catch(() => ''))
  }
  const left = await leaveForJob(join(folder, 'prefix'), dirname(scratch))
  if (left !== undefined) return left
  throw new SyncError('solve', 'The trial installation has put something else in place of its own folder.', {
    hint: 'Find out which package or command does so; it is in the log.'
  })
}

/** The SHA-256 hashes that only the unified lockfile has, each after its package's address. */
function withSha256(explicit: string, { unified }: Locked): string {
  const hashes = new Map(unified.packages.map(({ url, hash }) => [decodeUrl(url), /^sha256:(.*)$/.exec(hash)?.[1]]))
  return explicit.replace(/^(http[^\s#]+)#\S+$/gm, (line, url: string) => `${line} ${hashes.get(decodeUrl(url)) ?? ''}`)
}

/** Where conda-lock has asked for pip packages. */
function packageIndexes({ environments }: Pick<Plan, 'environments'>): string[] {
  const files = inMergeOrder(environments)
  const named = files.flatMap(({ pipRepositories }) => pipRepositories)
  return files.every(({ allowPypiRequests }) => allowPypiRequests) ? [PYPI, ...named] : named
}

function explain(error: DriverError, command: readonly string[]): SyncError {
  if (error.type === 'UnsupportedError') {
    return new SyncError(
      'input',
      `Input \`trial-install\`: this runner cannot keep the packages from its tokens: ${oneLine(error.message)}.`,
      {
        hint: 'Run on a Linux runner with a kernel 5.13 or newer, or leave `trial-install` out and install the lockfiles in a job of its own that has no token.',
        cause: error
      }
    )
  }
  const { message, hint } = problemOf(String(field(error.details, 'trial')), command)
  return new SyncError('solve', `${message}: ${oneLine(error.message)}`, { hint, cause: error })
}

function problemOf(step: string, command: readonly string[]): Problem {
  switch (step) {
    case 'conda':
      return {
        message: 'The explicit lockfile could not be installed',
        hint: 'Find the package in the log; it may be damaged or gone from the channel.'
      }
    case 'pip':
      return {
        message: 'The pip packages could not be installed',
        hint: 'Find the package in the log; the environment needs `python` and `pip` from conda.'
      }
    case 'command':
      return {
        message: `\`${command.join(' ')}\` failed in the trial installation`,
        hint: 'Find the cause in the log; correct the environment files, or `trial-command`. It has no network, and sees no file of the repository.'
      }
    default:
      return {
        message: 'The trial installation ended in an error',
        hint: 'This is a defect of the action; please report it with the log.'
      }
  }
}
