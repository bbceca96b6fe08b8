import { combine, SyncError } from '../common/errors.js'
import { code } from '../common/markdown.js'
import { pageAddress } from '../common/project.js'
import { withoutSecrets } from '../common/urls.js'
import type { Environment } from '../environment/parse.js'
import { maskSecret } from '../runner/log.js'

/** Never handed on, whatever an environment file says. */
const FORBIDDEN = /^(?:GITHUB_|ACTIONS_|RUNNER_|INPUT_)/

/**
 * The variables that the repository's own files name in the addresses of private channels and package indexes
 * (`https://host/t/${TOKEN}/channel`), with their values from the environment, masked from now on.
 */
export function channelCredentials(
  own: readonly Environment[],
  environment: NodeJS.ProcessEnv
): Readonly<Record<string, string>> {
  const addresses = own.flatMap(({ channels, pipRepositories }) => [...channels, ...pipRepositories])
  const found = addresses.flatMap(variablesIn).flatMap(name => {
    const value = valueOf(name, environment)
    return value === '' ? [] : [[name, value] as const]
  })
  for (const [, value] of found) maskSecret(value)
  return Object.fromEntries(found)
}

/**
 * Refuses addresses that would fail only after the solve: with a user or a password in them, which every lockfile would have, or with a
 * variable that has no value, which is taken for a password then.
 * @throws SyncError of kind `environment`
 */
export function checkCredentials(own: readonly Environment[], environment: NodeJS.ProcessEnv): void {
  const faults = own.flatMap(file => [
    ...file.channels.flatMap(channel => faultsOf(channel, file.file, file.channelLine(channel), environment)),
    ...file.pipRepositories.flatMap(index => unset(index, file.file, file.pipRepositoriesLine, environment))
  ])
  if (faults.length > 0) throw combine(faults)
}

function faultsOf(channel: string, file: string, line: number, environment: NodeJS.ProcessEnv): SyncError[] {
  if (withoutSecrets(channel) === channel) return unset(channel, file, line, environment)
  return [
    new SyncError(
      'environment',
      `${code(channel)} has a user, a password or a token that is no variable, and every lockfile would have it, too.`,
      {
        hint: `Write variables, as \`https://\${USER}:\${PASSWORD}@…\` or \`…/t/\${TOKEN}/…\`, and take another password: this one is in the history of the repository (${PAGE}).`,
        place: { file, line }
      }
    )
  ]
}

function unset(address: string, file: string, line: number, environment: NodeJS.ProcessEnv): SyncError[] {
  return variablesIn(address)
    .filter(name => valueOf(name, environment) === '')
    .map(name => {
      const isForbidden = FORBIDDEN.test(name) && environment[name] !== undefined
      const problem = isForbidden ? 'is never handed on' : 'is not set, or empty'
      return new SyncError('environment', `${code(address)} names the variable \`${name}\`, which ${problem}.`, {
        hint: isForbidden
          ? 'Give it another name, of its own.'
          : `Set it where this runs: in a workflow under \`env:\` of the step, from a secret (${PAGE}).`,
        place: { file, line }
      })
    })
}

const PAGE = pageAddress('networks.md#private-channels-and-indexes')

function variablesIn(address: string): string[] {
  return [...address.matchAll(/\$\{?(\w+)\}?/g)].map(match => match[1] ?? '')
}

/** Empty for what has none, and for what is not handed on. */
function valueOf(name: string, environment: NodeJS.ProcessEnv): string {
  return FORBIDDEN.test(name) ? '' : (environment[name] ?? '')
}
