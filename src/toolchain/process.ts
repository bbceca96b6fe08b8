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
  /^(?:PATH|HOME|USER|LANG|LC_.*|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_CACHE_HOME|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PYENV_.*|MAMBA_ROOT_PREFIX)$/i

/** The allowed part of an environment, with additions. */
export function childEnvironment(
  environment: NodeJS.ProcessEnv,
  additions: Readonly<Record<string, string>>
): Record<string, string> {
  const allowed = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && ALLOWED.test(name) ? [[name, value] as const] : []
  )
  return { ...Object.fromEntries(allowed), ...additions }
}

/** For pip, which also gets its own settings; they may name a package index. */
export function pipEnvironment(): Record<string, string> {
  return childEnvironment(process.env, settingsOf('PIP_'))
}

/** Arguments of a Python that is to install hash-pinned requirements, from wheels only. */
export function pipInstall(requirements: string): string[] {
  const pip = ['-I', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--no-compile']
  return [...pip, '--require-hashes', '--only-binary', ':all:', '--no-deps', '--requirement', requirements]
}

/** For uv, which does not read pip's settings: pip's index and certificates are translated. */
export function uvEnvironment(): Record<string, string> {
  const { PIP_INDEX_URL: index, PIP_EXTRA_INDEX_URL: more, PIP_CERT: certificates } = process.env
  return childEnvironment(process.env, {
    ...(index === undefined ? {} : { UV_DEFAULT_INDEX: index }),
    ...(more === undefined ? {} : { UV_INDEX: more }),
    ...(certificates === undefined ? {} : { SSL_CERT_FILE: certificates }),
    ...settingsOf('UV_')
  })
}

function settingsOf(prefix: string): Record<string, string> {
  const settings = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && name.startsWith(prefix) ? [[name, value] as const] : []
  )
  return Object.fromEntries(settings)
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
