import { SyncError } from '../common/errors.js'
import type { Environment } from './parse.js'

/**
 * The channels of merged files, as conda-lock 4.0.3 unites them (its src_parser/aggregation.py): the longest list, of which
 * each other list must be the end. The first list counts among several of the same length.
 * @throws SyncError of kind `environment` that names the two files and an order that works
 */
export function uniteChannels(environments: readonly Environment[]): readonly string[] {
  const longest = environments.reduce<Environment | undefined>(
    (best, next) => (best === undefined || next.channels.length > best.channels.length ? next : best),
    undefined
  )
  if (longest === undefined) return []
  const odd = environments.find(({ channels }) => !isEndOf(channels, longest.channels))
  if (odd !== undefined) throw notUnited(odd, longest, environments)
  return longest.channels
}

function isEndOf(end: readonly string[], whole: readonly string[]): boolean {
  return end.length === 0 || JSON.stringify(whole.slice(-end.length)) === JSON.stringify(end)
}

function notUnited(odd: Environment, longest: Environment, environments: readonly Environment[]): SyncError {
  const show = (channels: readonly string[]) => channels.join(', ')
  // Upstream's file comes first and is not ours to edit, so what it has goes to the end.
  const first = environments[0]?.channels ?? []
  const own = environments.flatMap(({ channels }) => channels)
  const order = [...new Set(own.filter(channel => !first.includes(channel))), ...first]
  const mine = environments.at(-1) ?? odd
  return new SyncError(
    'environment',
    `conda-lock cannot combine the channels of ${odd.file} (${show(odd.channels)}) and ${longest.file} (${show(longest.channels)}): each list must be the end of the longest one.`,
    {
      hint: `Give ${mine.file} the channels ${show(order)}, in this order.`,
      place: { file: mine.file, line: mine.channelsLine }
    }
  )
}
