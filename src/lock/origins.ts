import { code } from '../common/markdown.js'
import { trimEndOf } from '../common/sentences.js'
import type { EnvironmentFiles } from '../environment/files.js'
import type { Environment } from '../environment/parse.js'
import { decodeUrl, sameHash, type LockedPackage } from '../lockfile/package.js'
import type { Platform } from '../lockfile/platforms.js'
import { channelsAllowed, type Policy } from '../upstream/policy.js'
import type { LockFacts, LockProblem, Origins } from './check-values.js'

const DEFAULTS = ['main', 'r', 'msys2'].map(name => `https://repo.anaconda.com/pkgs/${name}/`)
/** User and password, or a token, in an address; a placeholder such as `${TOKEN}` is none. */
const CREDENTIALS = /:\/\/(?!\$\{?\w+\}?[:@])[^/@]+@|\/t\/(?!\$\{?\w+\}?\/)[^/]+\//

/** Finds addresses that hold a password or a token, which would be published. */
export function findCredentials({ lockfile, unified, explicit }: LockFacts): LockProblem[] {
  const pins = [...unified.packages, ...explicit.flatMap(({ packages }) => packages)]
  const names = new Set(pins.filter(({ url }) => CREDENTIALS.test(url)).map(({ name }) => name))
  const hint = 'Name them in `channels:` by variables: https://${USER}:${PASSWORD}@….'
  return [...names].map(name => ({
    ...refused(name, 'its address holds credentials', hint),
    place: { file: lockfile.path }
  }))
}

/** Finds conda packages that come from none of the channels. */
export function findUnnamedChannels({
  unified: { packages },
  origins
}: Pick<LockFacts, 'unified' | 'origins'>): LockProblem[] {
  const bases = origins.channels.flatMap(channel => channelUrls(channel, origins.channelAlias))
  const sent = origins.baseUrls.filter(({ channel }) => bases.includes(channel))
  return packages
    .filter(
      pin =>
        pin.manager === 'conda' &&
        !bases.some(base => isIn(pin, base)) &&
        !sent.some(({ url }) => isDirectlyIn(pin.url, url))
    )
    .map(({ name, url }) =>
      refused(
        name,
        `it comes from ${code(url)}, which is in none of the channels`,
        'Name that channel in the environment file, or find out why the solver took it. If a channel sends its files from there (`base_url` in its repodata), name the address in `allowed-channels`.'
      )
    )
}

type RepublishedFacts = Pick<LockFacts, 'unified' | 'earlier'> & {
  readonly lockfile: Pick<LockFacts['lockfile'], 'path'>
}

/** Finds files that were published anew under the address that they have had: conda-forge and PyPI never do that. */
export function findRepublished({ lockfile, unified, earlier }: RepublishedFacts): LockProblem[] {
  const known = earlier.flatMap(({ packages }) => packages)
  const before = new Map(known.map(pin => [decodeUrl(pin.url), pin]))
  return unified.packages.flatMap(pin => {
    const same = before.get(decodeUrl(pin.url))
    if (same === undefined || sameHash(same, pin)) return []
    const problem = refused(
      pin.name,
      `${code(pin.url)} has another hash than in the old lockfile, though its name is the same`,
      'A published file must not change. Ask the channel why it did; to accept it, delete the old lockfile.'
    )
    return { ...problem, place: { file: lockfile.path } }
  })
}

/**
 * Whether a package that a spec wants from one channel comes from another one that is named. An address before `::` and a
 * channel that sends its files from elsewhere are not decided.
 */
export function isOfOtherChannel(pin: LockedPackage, channel: string, { channels, channelAlias }: Origins): boolean {
  if (!/^[\w.-]+$/.test(channel) || channelUrls(channel, channelAlias).some(base => isIn(pin, base))) return false
  return channels.some(other => channelUrls(other, channelAlias).some(base => isIn(pin, base)))
}

/**
 * The channels that packages may come from where only the files are known: the ones that a lockfile lists prove nothing.
 */
export function namedChannels(
  files: EnvironmentFiles,
  platforms: readonly Platform[],
  policy: Pick<Policy, 'allowedChannels' | 'policyOn'>
): string[] {
  const trusted = policy.policyOn === 'all' ? [] : files.own
  const channels = [
    ...trusted.flatMap(environment => channelsOf(environment, platforms)),
    ...files.upstream.flatMap(environment => environment.channels),
    ...channelsAllowed(files, policy)
  ]
  return channels.filter(channel => channel !== 'nodefaults')
}

/** The channels that an environment file names: at its head, and in specs like `CHANNEL::NAME` and `NAME[channel=CHANNEL]`. */
function channelsOf(environment: Environment, platforms: readonly Platform[]): string[] {
  const specs = platforms.flatMap(platform => environment.dependencies(platform))
  const inSpecs = specs.flatMap(spec => {
    if (typeof spec !== 'string') return []
    const channel = /^\s*(\S+?)::/.exec(spec)?.[1] ?? /\bchannel\s*=\s*['"]?([^\s'",\]]+)/.exec(spec)?.[1]
    return channel === undefined ? [] : [channel.replace(/\/(?:noarch|(?:linux|osx|win)-\w+)$/, '')]
  })
  return [...environment.channels, ...inSpecs]
}

function refused(name: string, problem: string, hint: string): LockProblem {
  return { message: `The package ${name} was not accepted: ${problem}.`, hint }
}

function isDirectlyIn(url: string, folder: string): boolean {
  return url.startsWith(folder) && !url.slice(folder.length).includes('/')
}

/** A channel is `SUBDIR/FILE` and nothing deeper: `../` would lead to another one, and `label/broken/` is one. */
function isIn({ platform, url }: LockedPackage, base: string): boolean {
  return ['noarch', platform].some(subdir => isDirectlyIn(sameVariables(url), sameVariables(`${base}${subdir}/`)))
}

/** A credential may stand as `$TOKEN` or as `${TOKEN}`. */
function sameVariables(url: string): string {
  return url.replace(/\$\{(\w+)\}/g, '$$$1')
}

/** The addresses of a channel, as it is written in environment files. */
export function channelUrls(channel: string, alias: string): string[] {
  if (channel === 'defaults') return DEFAULTS
  const url = channel.includes('://') ? channel : `${alias}/${channel}`
  return [`${trimEndOf(url, '/')}/`]
}
