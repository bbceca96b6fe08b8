import { SyncError } from '../common/errors.js'
import { pageAddress } from '../common/project.js'
import { enumerate, enumerateSome } from '../common/sentences.js'
import { placeOfChannel, type SolveContext } from './places.js'
import type { SolverFailure } from '../lock/solver-report.js'
import type { NetworkError } from '../runner/network.js'

/** More names than this in one sentence help nobody. */
const MOST_NAMES = 5

/** No channel has anything for a platform but what is for all of them. */
export function emptyPlatform(missing: readonly string[], { platform }: SolveContext): SyncError {
  const names = missing.map(name => `\`${name}\``)
  return new SyncError(
    'solve',
    `No channel has a package for ${platform} itself, and ${enumerateSome(names, MOST_NAMES)} cannot be found among those for all platforms.`,
    {
      hint: 'Check `channels:` in the environment files, and `channel-alias`: a mirror may lack this platform. If the channels are right, correct the names.'
    }
  )
}

/** A channel does not say when its packages were uploaded. */
export function undated(url: string, situation: SolveContext): SyncError {
  return new SyncError(
    'solve',
    `The channel ${url} does not say when its packages were uploaded, so \`exclude-newer\` would hold back all of them.`,
    {
      hint: 'Add the line `channel NAME=none` to `exclude-newer`, or name in `exclude-newer-exempt` each package that you want from it: what has no time could be from today, so it is not let through unasked.',
      place: placeOfChannel(url, situation)
    }
  )
}

/** `exclude-newer` names a channel that no environment file has. */
export function unknownChannel(entry: string, { environments }: Pick<SolveContext, 'environments'>): SyncError {
  const channels = [...new Set(environments.flatMap(environment => environment.channels))].map(name => `\`${name}\``)
  return new SyncError('input', `Input \`exclude-newer\`: \`${entry}\` names a channel that is not locked from.`, {
    hint: `The channels of the environment files are ${enumerate(channels)}: write one of them, or leave the line out.`
  })
}

/** What a channel sends takes more memory or time than solver/bounded.py allows, or more of the disk. */
export function tooLarge(url: string | undefined, situation: SolveContext): SyncError {
  const what = url === undefined ? 'What the channels say of their packages' : `What ${url} says of its packages`
  return new SyncError('solve', `${what} takes the solver many times what all of conda-forge takes.`, {
    hint: 'It is damaged, or an attack on memory, disk or time: tell whoever runs the channel, and take it out of `channels:` until then.',
    place: placeOfChannel(url ?? '', situation)
  })
}

/** Something on the way to a channel refuses, which the solver does not say, or not so well. */
export function obstructed(
  url: string,
  network: NetworkError,
  situation: Pick<SolveContext, 'environments'>
): SyncError {
  return new SyncError('solve', `The channel file ${url} could not be fetched: ${network.message}.`, {
    hint: network.hint,
    cause: network,
    place: placeOfChannel(url, situation)
  })
}

type Unreachable = Extract<SolverFailure, { kind: 'channel' }>

/** A channel, or a file of it, could not be read. */
export function unreachable({ url, status, message }: Unreachable, situation: SolveContext): SyncError {
  const place = placeOfChannel(url ?? '', situation)
  const where = url === undefined ? 'A channel' : `The channel file ${url}`
  const retried = /failed after (\d+) retries/.test(message) ? ', also when tried again' : ''
  if (status === 401 || status === 403) {
    return new SyncError('solve', `${where} refuses access (status ${status}).`, {
      hint: 'A private channel needs credentials: check the variables that its address in `channels:` names.',
      place
    })
  }
  if (status === 404) {
    return new SyncError('solve', `${where} does not exist (status 404).`, {
      hint: 'Check the spelling in `channels:` and before `::` in the environment files, and `channel-alias`.',
      place
    })
  }
  if (/parse|EOF|expected/.test(message) && status === undefined && retried === '') {
    return new SyncError('solve', `${where} is damaged.`, {
      place,
      hint: 'It was cut off or is being rewritten: run the workflow again later, and tell whoever runs the channel if it stays.'
    })
  }
  if (/certificate/i.test(message)) {
    return new SyncError('solve', `${where} could not be fetched: ${reasonOf(message)}.`, {
      hint: `The solver trusts what SSL_CERT_FILE or SSL_CERT_DIR name, and nothing else: add the CA there, or unset both (${pageAddress('networks.md#with-your-own-ca')}).`,
      place
    })
  }
  const answer = status === undefined ? reasonOf(message) : `status ${status}`
  return new SyncError('solve', `${where} could not be fetched${retried}: ${answer}.`, {
    place,
    hint: 'If `channels:` and `channel-alias` are right, the channel or the network is down: run the workflow again later.'
  })
}

/** What network libraries say, in other words: theirs are half sentences. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/refused/i, 'the connection was refused'],
  [/timed? ?out|timeout/i, 'it did not answer in time'],
  [/dns|resolve|lookup|name or service/i, 'its host is not known'],
  [/certificate|tls|ssl/i, 'its certificate is not accepted'],
  [/end of file|EOF|reset|closed|incomplete/i, 'it ended too early']
]

/** Why a file could not be fetched, by the innermost cause, which is the last line. */
function reasonOf(message: string): string {
  const last = message.trim().split('\n').at(-1) ?? ''
  return REASONS.find(([pattern]) => pattern.test(last))?.[1] ?? 'the log says why'
}
