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
  const names = addresses.flatMap(address => [...address.matchAll(/\$\{?(\w+)\}?/g)].map(match => match[1] ?? ''))
  const found = names.flatMap(name => {
    const value = FORBIDDEN.test(name) ? undefined : environment[name]
    return value === undefined || value === '' ? [] : [[name, value] as const]
  })
  for (const [, value] of found) maskSecret(value)
  return Object.fromEntries(found)
}
