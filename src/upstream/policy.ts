import { channelName } from '../environment/channels.js'
import type { EnvironmentFiles } from '../environment/files.js'
import type { Environment } from '../environment/parse.js'
import { isPlain } from '../environment/plain.js'
import type { Specs } from '../environment/specs.js'
import { combine, SyncError, type ErrorKind } from '../common/errors.js'
import { code } from '../common/markdown.js'
import type { Inputs } from '../inputs/inputs.js'

/** What says which files are trusted, and what the others may bring in. */
export type Policy = Pick<Inputs, 'allowedChannels' | 'policyOn' | 'channelAlias'>

/** The channels that the files that are not trusted may use. */
export function channelsAllowed(
  { own }: EnvironmentFiles,
  { allowedChannels, policyOn }: Pick<Policy, 'allowedChannels' | 'policyOn'>
): readonly string[] {
  const trusted = policyOn === 'all' ? [] : own.flatMap(environment => environment.channels)
  return allowedChannels ?? [...new Set([...trusted, 'conda-forge', 'nodefaults'])]
}

/**
 * Checks the upstream files, which strangers edit, and the own ones if they are not trusted either: packages may come only
 * from allowed channels and from PyPI, by name.
 * @param specs what conda-lock's parsers make of the files; without them only the texts are judged
 * @throws SyncError of kind `upstream` or `environment` with every line that is refused
 */
export function checkPolicy(files: EnvironmentFiles, specs: Specs | undefined, policy: Policy): void {
  const allowed = new Set(channelsAllowed(files, policy).map(channel => channelName(channel, policy.channelAlias)))
  const isAllowed = (channel: string) => allowed.has(channelName(channel, policy.channelAlias))
  const refused = [
    ...files.upstream.flatMap(environment => findRefused(environment, UPSTREAM, specs, isAllowed)),
    ...(policy.policyOn === 'all'
      ? files.own.flatMap(environment => findRefused(environment, OWN, specs, isAllowed))
      : [])
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
  environment: Environment,
  { kind, subject, allow, pin }: Wording,
  specs: Specs | undefined,
  isAllowed: (channel: string) => boolean
): SyncError[] {
  const { file, entries, pipRepositories, pipRepositoriesLine } = environment
  const refuse = (line: number, what: string, hint: string) =>
    new SyncError(kind, `${subject} ${file} ${what}.`, { hint, place: { file, line } })
  const channels = entries.filter(
    ({ kind: what, text }) => what === 'channel' && text !== 'nodefaults' && !isAllowed(text)
  )
  const refused = [
    ...channels.map(({ text, line }) => refuse(line, `uses the channel ${code(text)}, which is not allowed`, allow)),
    ...(pipRepositories.length === 0
      ? []
      : [refuse(pipRepositoriesLine, 'names `pip-repositories`, which is not allowed', pin)]),
    ...findAddresses(environment, specs).map(({ text, line }) =>
      refuse(line, `asks for ${code(text)}, which is an address or an option instead of a package`, pin)
    ),
    ...(specs?.specs ?? [])
      .filter(spec => spec.file === file && spec.writtenChannel !== '' && !isAllowed(spec.writtenChannel))
      .map(({ text, line }) => refuse(line, `takes ${code(text)} from a channel that is not allowed`, allow))
  ]
  // Each platform has its own specs.
  return [...new Map(refused.map(error => [`${error.place?.line ?? ''} ${error.message}`, error])).values()]
}

/**
 * URLs, files, repositories (`git+https`), and pip's options (`-r`, `-e`, `--index-url`), whether they are found by the
 * parsers or by the text alone. What no parser can read is told elsewhere.
 */
function findAddresses(
  { file, entries }: Environment,
  specs: Specs | undefined
): readonly { readonly text: string; readonly line: number }[] {
  const parsed = [...(specs?.specs ?? []), ...(specs?.skipped ?? []), ...(specs?.bad ?? [])]
  const addresses = parsed.filter(entry => entry.file === file && entry.form !== 'name')
  const unreadable = new Set((specs?.bad ?? []).map(({ text }) => text))
  const odd = entries.filter(
    ({ kind, text, places }) =>
      (kind === 'spec' || kind === 'requirement') && places.size > 0 && !isPlain(kind, text) && !unreadable.has(text)
  )
  return [...addresses, ...odd].sort((left, right) => left.line - right.line)
}
