import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startGroup } from '../runner/group.js'

/** How a child process ended. */
export interface ProcessResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * What a child may see of the environment: enough to find programs, certificates, proxies and package indexes, and by what the
 * runner finds children that are left. Never a
 * token of GitHub's, because what runs there (a solver, pip) reads strangers' metadata.
 */
const ALLOWED =
  /^(?:PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_(?:CACHE_HOME|CONFIG_HOME|CONFIG_DIRS)|NETRC|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PYENV_.*|MAMBA_ROOT_PREFIX|RUNNER_TRACKING_ID)$/i

/** The allowed part of an environment, with additions. */
export function childEnvironment(
  environment: NodeJS.ProcessEnv,
  additions: Readonly<Record<string, string>>
): Record<string, string> {
  return { ...matching(environment, ALLOWED), ...additions }
}

function matching(environment: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
  const found = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && names.test(name) ? [[name, value] as const] : []
  )
  return Object.fromEntries(found)
}

/**
 * The settings of pip's that say how it gets at packages. Others (`PIP_USER`, `PIP_REQUIRE_VIRTUALENV`, `PIP_TARGET` …) say
 * where it is to install, or what, and would spoil the toolchain.
 */
const PIP_NETWORK =
  /^PIP_(?:(?:EXTRA_)?INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|(?:DEFAULT_)?TIMEOUT|RETRIES|(?:NO_)?CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|USE_FEATURE|USE_DEPRECATED)$/

/** For pip, which also gets those settings of its own that are about the network. */
export function pipEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  // The same settings in a pip.conf are overruled by these.
  return childEnvironment(environment, {
    ...matching(environment, PIP_NETWORK),
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0'
  })
}

/** Arguments of a Python that is to install hash-pinned requirements, from wheels only. */
export function pipInstall(requirements: string): string[] {
  const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-compile']
  return [...pip, '--require-hashes', '--only-binary', ':all:', '--no-deps', '--requirement', requirements]
}

/** For uv, with its own settings. */
export function uvEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return childEnvironment(environment, matching(environment, /^UV_/))
}

/** The line of a failed program's output that most likely says why. */
export function lastLine(result: ProcessResult | undefined): string {
  const lines = `${result?.stdout ?? ''}\n${result?.stderr ?? ''}`.split('\n').filter(line => line.trim() !== '')
  return lines.findLast(line => /error|no module|not/i.test(line)) ?? lines.at(-1) ?? 'it printed nothing'
}

export interface ProcessOptions {
  readonly environment: Record<string, string>
}

/**
 * Runs a program with a list of arguments, which no shell reads, and collects what it prints.
 * @returns undefined if there is no such program
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  { environment }: ProcessOptions
): Promise<ProcessResult | undefined> {
  const path = find(program, environment.PATH ?? process.env.PATH ?? '')
  if (path === undefined) return undefined
  const group = startGroup(path, args, { environment })
  group.stdin.end()
  const [exitCode, stdout, stderr] = await Promise.all([group.ended, text(group.stdout), text(group.stderr)])
  return { exitCode, stdout, stderr }
}

/** The executable that a name stands for. */
function find(program: string, path: string): string | undefined {
  const places = program.includes('/') ? [program] : path.split(delimiter).map(folder => join(folder, program))
  return places.find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
