import { getExecOutput } from '@actions/exec'
import { errorCode } from '../common/errors.js'

/** How a child process ended. */
export interface ProcessResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * What a child may see of the environment: enough to find programs, certificates, proxies and package indexes. Never a
 * token of GitHub's, because what runs there (a solver, pip) reads strangers' metadata.
 */
const ALLOWED =
  /^(?:PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_(?:CACHE_HOME|CONFIG_HOME|CONFIG_DIRS)|NETRC|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PYENV_.*|MAMBA_ROOT_PREFIX)$/i

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
 * Runs a program with a list of arguments, never through a shell, and collects what it prints.
 * @returns undefined if there is no such program
 */
export async function runProcess(
  program: string,
  args: readonly string[],
  options: ProcessOptions
): Promise<ProcessResult | undefined> {
  try {
    // @actions/exec splits its first argument like a command line, so a path with spaces is quoted for it.
    return await getExecOutput(`"${program}"`, [...args], {
      env: options.environment,
      ignoreReturnCode: true,
      silent: true
    })
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || String(error).includes('Unable to locate executable file')) return undefined
    throw error
  }
}
