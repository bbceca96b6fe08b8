import { SyncError } from '../common/errors.js'
import { trimEndOf } from '../common/sentences.js'
import type { LockedPackage } from '../lockfile/package.js'
import type { UnifiedLock } from '../lockfile/unified.js'
import type { BaseUrl } from './solver-report.js'

/** What a lock is allowed to point to. */
export interface Origins {
  /** Names or addresses of channels that the environment files name, those of `channel::name` specs included. */
  readonly channels: readonly string[]
  readonly channelAlias: string
  /** Where these channels send their files from besides, as the solver found it in their repodata. */
  readonly baseUrls: readonly BaseUrl[]
  /** The lock of before. */
  readonly previous: UnifiedLock | undefined
}

const DEFAULTS = ['main', 'r', 'msys2'].map(name => `https://repo.anaconda.com/pkgs/${name}/`)
/** User and password, or a token, in an address; a placeholder such as `${TOKEN}` is none. */
const CREDENTIALS = /:\/\/(?!\$\{?\w+\}?[:@])[^/@]+@|\/t\/(?!\$\{?\w+\}?\/)[^/]+\//

/**
 * Checks where a lock's packages come from, before anything is published.
 * @throws SyncError of kind `verify`, naming the package
 */
export function checkOrigins(lock: UnifiedLock, origins: Origins): void {
  const bases = [...lock.channels, ...origins.channels].flatMap(channel => baseUrls(channel, origins.channelAlias))
  const sent = origins.baseUrls.filter(({ channel }) => bases.includes(channel))
  const before = new Map((origins.previous?.packages ?? []).map(pin => [pin.url, pin]))
  for (const pin of lock.packages) {
    if (CREDENTIALS.test(pin.url)) {
      throw refused(
        pin,
        'its address holds credentials',
        'Name them in `channels:` by variables: https://${USER}:${PASSWORD}@….'
      )
    }
    const isBacked = bases.some(base => isIn(pin, base)) || sent.some(({ url }) => isDirectlyIn(pin.url, url))
    if (pin.manager === 'conda' && !isBacked) {
      throw refused(
        pin,
        `it comes from ${pin.url}, which is in none of the channels`,
        'Name that channel in the environment file, or find out why the solver took it. If a channel sends its files from there (`base_url` in its repodata), name the address in `allowed-channels`.'
      )
    }
    const same = before.get(pin.url)
    if (same !== undefined && same.hash !== pin.hash) {
      throw refused(
        pin,
        `${pin.url} has another hash than in the old lockfile, though its name is the same`,
        'A published file must not change. Ask the channel why it did; to accept it, delete the old lockfile.'
      )
    }
  }
}

function refused(pin: LockedPackage, problem: string, hint: string): SyncError {
  return new SyncError('verify', `The package ${pin.name} was not accepted: ${problem}.`, { hint })
}

function isDirectlyIn(url: string, folder: string): boolean {
  return url.startsWith(folder) && !url.slice(folder.length).includes('/')
}

/** A channel is `SUBDIR/FILE` and nothing deeper: `../` would lead to another one, and `label/broken/` is one. */
function isIn({ platform, url }: LockedPackage, base: string): boolean {
  return ['noarch', platform].some(subdir => isDirectlyIn(url, `${base}${subdir}/`))
}

function baseUrls(channel: string, alias: string): string[] {
  if (channel === 'defaults') return DEFAULTS
  const url = channel.includes('://') ? channel : `${alias}/${channel}`
  return [`${trimEndOf(url, '/')}/`]
}
