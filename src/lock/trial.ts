import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { SyncError } from '../common/errors.js'
import { exists } from '../common/exists.js'
import { decodeUrl } from '../lockfile/package.js'
import { logGroup } from '../runner/log.js'
import type { Platform } from '../lockfile/platforms.js'
import type { VerifiedLock } from './verified-lock.js'
import type { CondaLock } from '../toolchain/conda-lock.js'
import { childEnvironment, pipEnvironment, runProcess, type ProcessResult } from '../toolchain/process.js'

const PLATFORM_OF: Readonly<Record<string, Platform>> = {
  'linux x64': 'linux-64',
  'linux arm64': 'linux-aarch64',
  'linux ppc64': 'linux-ppc64le',
  'darwin x64': 'osx-64',
  'darwin arm64': 'osx-arm64'
}

/**
 * Installs what was locked for the runner's own platform into a scratch prefix, as a user would from the explicit lockfile
 * and its companion, and runs a command there.
 * @throws SyncError of kind `solve` if something does not install or the command fails
 */
export async function tryInstall(
  locked: VerifiedLock,
  command: readonly string[],
  condaLock: CondaLock
): Promise<void> {
  const platform = PLATFORM_OF[`${process.platform} ${process.arch}`]
  const explicit = locked.explicit.find(file => file.platform === platform)
  if (explicit === undefined) {
    throw new SyncError('input', `Input \`trial-install\`: ${platform ?? 'this runner'} is not among the platforms.`, {
      hint: 'A trial install is only for the platform of the runner: name it in `platforms`, or run on another runner.'
    })
  }
  const companion = locked.companions.find(file => file.platform === platform)?.text
  const prefix = join(condaLock.scratch, 'trial')
  await install(withSha256(explicit.text, locked), prefix, condaLock)
  if (companion !== undefined) await installCompanion(companion, prefix, condaLock)
  const environment = prefixEnvironment(childEnvironment(condaLock.environment, {}), prefix)
  const [program = '', ...args] = command
  const result = await runProcess(await inPrefix(prefix, program), args, { environment })
  check(
    result,
    `\`${command.join(' ')}\` failed in the trial installation`,
    'Find the cause in the log; correct the environment files, or `trial-command`.'
  )
}

/** The SHA-256 hashes that only the unified lockfile has, each after its package's address. */
function withSha256(explicit: string, { unified }: VerifiedLock): string {
  const hashes = new Map(unified.packages.map(({ url, hash }) => [decodeUrl(url), /^sha256:(.*)$/.exec(hash)?.[1]]))
  return explicit.replace(/^(http[^\s#]+)#\S+$/gm, (line, url: string) => `${line} ${hashes.get(decodeUrl(url)) ?? ''}`)
}

async function install(
  explicit: string,
  prefix: string,
  { scratch, cache, python, solverFolder, environment: surroundings }: CondaLock
): Promise<void> {
  const file = join(scratch, 'trial.lock')
  await writeFile(file, explicit)
  await mkdir(join(cache, 'packages'), { recursive: true })
  const script = join(solverFolder, 'install.py')
  const environment = childEnvironment(surroundings, {})
  const result = await runProcess(python, [script, file, prefix, join(cache, 'packages')], { environment })
  check(
    result,
    'The explicit lockfile could not be installed',
    'Find the package in the log; it may be damaged or gone from the channel.'
  )
}

async function installCompanion(
  companion: string,
  prefix: string,
  { scratch, environment: surroundings }: CondaLock
): Promise<void> {
  const file = join(scratch, 'trial.pip.txt')
  await writeFile(file, companion)
  const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-deps', '--require-hashes']
  const environment = prefixEnvironment(pipEnvironment(surroundings), prefix)
  const result = await runProcess(join(prefix, 'bin', 'python'), [...pip, '--requirement', file], { environment })
  check(
    result,
    'The pip packages could not be installed',
    'Find the package in the log; the environment needs `python` and `pip` from conda.'
  )
}

/** As in an activated environment. */
function prefixEnvironment(environment: Record<string, string>, prefix: string): Record<string, string> {
  const path = `${join(prefix, 'bin')}${delimiter}${environment.PATH ?? ''}`
  return { ...environment, PATH: path, CONDA_PREFIX: prefix, PYTHONNOUSERSITE: '1' }
}

/** A program of the prefix; other programs are found on PATH. */
async function inPrefix(prefix: string, program: string): Promise<string> {
  const path = join(prefix, 'bin', program)
  return (await exists(path)) ? path : program
}

function check(result: ProcessResult | undefined, problem: string, hint: string): void {
  const printed = `${result?.stdout ?? ''}${result?.stderr ?? ''}`
  logGroup('Trial installation', printed)
  if (result?.exitCode === 0) return
  const last = printed.trim().split('\n').at(-1) ?? ''
  const reason = result === undefined ? 'there is no such program' : last === '' ? 'it printed nothing' : last
  throw new SyncError('solve', `${problem}: ${reason}`, { hint })
}
