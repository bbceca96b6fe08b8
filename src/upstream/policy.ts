import type { Environment } from '../environment/parse.js'
import type { Specs } from '../environment/specs.js'
import { combine, SyncError } from '../errors.js'
import type { Platform } from '../platforms.js'

/** What strangers may bring in through an upstream file. */
export interface Policy {
  readonly allowedChannels: readonly string[]
  readonly platforms: readonly Platform[]
}

/** The channels that upstream may use unless `allowed-channels` says otherwise. */
export function defaultChannels(own: readonly Environment[]): string[] {
  return [...new Set([...own.flatMap(environment => environment.channels), 'conda-forge', 'nodefaults'])]
}

/**
 * Checks the upstream files, which strangers edit: packages may come only from allowed channels and from PyPI, by name.
 * @throws SyncError of kind `upstream` with every line that is refused
 */
export function checkUpstream(upstream: readonly Environment[], { specs }: Specs, policy: Policy): void {
  const refused = new Map<string, SyncError>()
  const refuse = (file: string, line: number, what: string, hint: string) => {
    const message = `The upstream file ${file} ${what}.`
    refused.set(message, new SyncError('upstream', message, { hint, place: { file, line } }))
  }
  const isAllowed = (channel: string) => policy.allowedChannels.includes(channel)
  const allow = 'If you trust it, name it in `allowed-channels`; otherwise pin `upstream-ref` to an older commit.'
  const pin =
    'Pin `upstream-ref` to an older commit, or keep an own copy of the file and leave it out of `upstream-files`.'

  for (const environment of upstream) {
    const { file } = environment
    for (const channel of environment.channels.filter(entry => !isAllowed(entry))) {
      refuse(file, environment.channelsLine, `uses the channel \`${channel}\`, which is not allowed`, allow)
    }
    if (environment.pipRepositories.length > 0) {
      refuse(file, environment.pipRepositoriesLine, 'names `pip-repositories`, which is not allowed', pin)
    }
    for (const { text, line } of textsOf(environment, policy.platforms)) {
      if (isAddress(text))
        refuse(file, line, `asks for \`${text}\`, which is an address or an option instead of a package`, pin)
    }
    for (const spec of specs.filter(
      other => other.file === file && other.channel !== '' && !isAllowed(other.channel)
    )) {
      refuse(file, spec.line, `takes \`${spec.text}\` from a channel that is not allowed`, allow)
    }
  }
  if (refused.size > 0) throw combine([...refused.values()])
}

interface Written {
  readonly text: string
  readonly line: number
}

function textsOf(environment: Environment, platforms: readonly Platform[]): Written[] {
  return platforms.flatMap(platform =>
    environment
      .dependencies(platform)
      .flatMap((dependency, index) =>
        typeof dependency === 'string'
          ? [{ text: dependency, line: environment.line(platform, [index]) }]
          : dependency.pip.map((text, place) => ({ text, line: environment.line(platform, [index, place]) }))
      )
  )
}

/** URLs, files, repositories (`git+https`), and pip's options (`-r`, `-e`, `--index-url`). */
function isAddress(text: string): boolean {
  return /^\s*[-./\\]|:\/\/|\s@\s|^file:|\.(?:conda|tar\.bz2|whl|tar\.gz|zip)\b|\burl\s*=/i.test(text)
}
