import type { EnvironmentFiles } from '../environment/files.js'
import type { Environment } from '../environment/parse.js'
import type { Specs } from '../environment/specs.js'
import { combine, SyncError, type ErrorKind } from '../common/errors.js'
import type { Inputs } from '../inputs/inputs.js'
import type { Platform } from '../lockfile/platforms.js'

/** What says which files are trusted, and what the others may bring in. */
export type Policy = Pick<Inputs, 'allowedChannels' | 'policyOn'>

/** The channels that the files that are not trusted may use. */
export function channelsAllowed({ own }: EnvironmentFiles, { allowedChannels, policyOn }: Policy): readonly string[] {
  const trusted = policyOn === 'all' ? [] : own.flatMap(environment => environment.channels)
  return allowedChannels ?? [...new Set([...trusted, 'conda-forge', 'nodefaults'])]
}

/**
 * Checks the upstream files, which strangers edit, and the own ones if they are not trusted either: packages may come only
 * from allowed channels and from PyPI, by name.
 * @throws SyncError of kind `upstream` or `environment` with every line that is refused
 */
export function checkPolicy(
  files: EnvironmentFiles,
  specs: Specs,
  policy: Policy,
  platforms: readonly Platform[]
): void {
  const allowedChannels = channelsAllowed(files, policy)
  const refused = [
    ...findRefused(files.upstream, UPSTREAM, specs, allowedChannels, platforms),
    ...(policy.policyOn === 'all' ? findRefused(files.own, OWN, specs, allowedChannels, platforms) : [])
  ]
  if (refused.length > 0) throw combine(refused)
}

/** What a refusal says, depending on whose file it is. */
interface Wording {
  readonly kind: ErrorKind
  readonly subject: string
  /** Hints for a channel and for anything else. */
  readonly allow: string
  readonly pin: string
}

const UPSTREAM: Wording = {
  kind: 'upstream',
  subject: 'The upstream file',
  allow: 'If you trust it, name it in `allowed-channels`; otherwise pin `upstream-ref` to an older commit.',
  pin: 'Pin `upstream-ref` to an older commit, or keep an own copy of the file and leave it out of `upstream-files`.'
}

const OWN: Wording = {
  kind: 'environment',
  subject: 'The file',
  allow: 'If you trust it, name it in `allowed-channels` of the workflow; otherwise leave it out.',
  pin: 'With `policy-on: all` packages are asked for by name only; lock it yourself, or where `policy-on` is `upstream`.'
}

function findRefused(
  environments: readonly Environment[],
  { kind, subject, allow, pin }: Wording,
  { specs }: Specs,
  allowedChannels: readonly string[],
  platforms: readonly Platform[]
): SyncError[] {
  const refused = new Map<string, SyncError>()
  const refuse = (file: string, line: number, what: string, hint: string) => {
    const message = `${subject} ${file} ${what}.`
    refused.set(message, new SyncError(kind, message, { hint, place: { file, line } }))
  }
  const isAllowed = (channel: string) => allowedChannels.includes(channel)
  for (const environment of environments) {
    const { file } = environment
    for (const channel of environment.channels.filter(entry => !isAllowed(entry))) {
      refuse(file, environment.channelsLine, `uses the channel \`${channel}\`, which is not allowed`, allow)
    }
    if (environment.pipRepositories.length > 0) {
      refuse(file, environment.pipRepositoriesLine, 'names `pip-repositories`, which is not allowed', pin)
    }
    for (const { text, line } of writtenEntries(environment, platforms)) {
      if (isAddress(text))
        refuse(file, line, `asks for \`${text}\`, which is an address or an option instead of a package`, pin)
    }
    for (const spec of specs.filter(
      other => other.file === file && other.channel !== '' && !isAllowed(other.channel)
    )) {
      refuse(file, spec.line, `takes \`${spec.text}\` from a channel that is not allowed`, allow)
    }
  }
  return [...refused.values()]
}

interface WrittenEntry {
  readonly text: string
  readonly line: number
}

function writtenEntries(environment: Environment, platforms: readonly Platform[]): WrittenEntry[] {
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
