import { SyncError } from '../common/errors.js'
import { codes } from '../common/markdown.js'
import { enumerate } from '../common/sentences.js'
import type { Environment } from './parse.js'

/** Where names of channels lead to if nobody says anything else. */
const ANACONDA = 'https://conda.anaconda.org'

/**
 * The one name of a channel: the same for `NAME`, `NAME/`, and NAME as an address on `channel-alias` or on
 * conda.anaconda.org. Any other address is its own name.
 */
export function channelName(channel: string, channelAlias: string): string {
  const address = withoutSlash(channel)
  const server = [withoutSlash(channelAlias), ANACONDA].find(host => address.startsWith(`${host}/`))
  const name = server === undefined ? address : address.slice(server.length + 1)
  return isChannelName(name) ? name : address
}

/** Whether a text is the name of a channel: it may have parts (`conda-forge/label/dev`), but no way out of its server. */
export function isChannelName(name: string): boolean {
  return name.split('/').every(part => /^[\w.-]+$/.test(part) && !/^\.+$/.test(part))
}

function withoutSlash(address: string): string {
  let end = address.length
  while (address.endsWith('/', end)) end -= 1
  return address.slice(0, end)
}

/**
 * The channels of merged files, as conda-lock 4.0.3 unites them (its src_parser/aggregation.py): the longest list, of which
 * each other list must be the end. The first list counts among several of the same length.
 * @throws SyncError of kind `environment` that names the two files, and how the priorities in them can be kept
 */
export function uniteChannels(environments: readonly Environment[], channelAlias: string): readonly string[] {
  const { longest, odd } = unite(environments, environment => environment.channels)
  if (odd !== undefined) throw notUnited(odd.mine, odd.other, environments, channelAlias)
  return longest
}

/**
 * Checks that conda-lock can unite the package indexes of merged files, by the same rule as their channels.
 * @throws SyncError of kind `environment`
 */
export function checkIndexes(environments: readonly Environment[]): void {
  const { odd } = unite(environments, environment => environment.pipRepositories)
  if (odd === undefined) return
  const { mine, other } = odd
  throw new SyncError(
    'environment',
    `conda-lock cannot combine the \`pip-repositories\` of ${other.file} and ${mine.file}: each list must be the end of the longest one.`,
    {
      hint: `Write them in ${mine.file} as in ${other.file}, others before them: ${codes(other.pipRepositories)}.`,
      place: { file: mine.file, line: mine.pipRepositoriesLine }
    }
  )
}

interface United {
  /** The longest list, the first one of several. */
  readonly longest: readonly string[]
  /** Two files whose lists do not fit; `mine` is the one that comes later in the merge, because upstream's are not ours to edit. */
  readonly odd: { readonly mine: Environment; readonly other: Environment } | undefined
}

/** Unites a list of each file, if each is the end of the longest one. */
function unite(environments: readonly Environment[], listOf: (environment: Environment) => readonly string[]): United {
  const lists = environments.map(listOf)
  const longest = lists.findIndex(list => lists.every(other => other.length <= list.length))
  const odd = lists.findIndex(list => !isEndOf(list, lists[longest] ?? []))
  const [other, mine] = [environments[Math.min(odd, longest)], environments[Math.max(odd, longest)]]
  const isUnited = odd < 0 || other === undefined || mine === undefined
  return { longest: lists[longest] ?? [], odd: isUnited ? undefined : { mine, other } }
}

function isEndOf(end: readonly string[], whole: readonly string[]): boolean {
  return end.length === 0 || JSON.stringify(whole.slice(-end.length)) === JSON.stringify(end)
}

function notUnited(
  mine: Environment,
  other: Environment,
  environments: readonly Environment[],
  channelAlias: string
): SyncError {
  const spelled = (channel: string) =>
    other.channels.find(known => channelName(known, channelAlias) === channelName(channel, channelAlias)) ?? channel
  const wanted = mine.channels.map(spelled)
  const extra = wanted.filter(channel => !other.channels.includes(channel))
  const renamed = mine.channels.find(channel => spelled(channel) !== channel)
  const blamed = renamed ?? mine.channels.find(channel => extra.includes(channel)) ?? mine.channels[0]
  const united = [...extra, ...other.channels]
  const rest = environments.filter(environment => environment !== mine)
  const keepsOrder = JSON.stringify(united.filter(channel => wanted.includes(channel))) === JSON.stringify(wanted)
  const canUnite = keepsOrder && rest.every(({ channels }) => isEndOf(channels, united))
  const spelling = renamed === undefined ? '' : `${codes([renamed])} is the channel ${codes([spelled(renamed)])}. `
  return new SyncError(
    'environment',
    `conda-lock cannot combine the channels of ${other.file} (${codes(other.channels)}) and ${mine.file} (${codes(mine.channels)}): each list must be the end of the longest one.`,
    {
      hint: `${spelling}${canUnite ? givenOrder(mine, united) : givenUp(mine, other, extra)}`,
      place: { file: mine.file, line: mine.channelLine(blamed) }
    }
  )
}

function givenOrder({ file }: Environment, channels: readonly string[]): string {
  return `Give ${file} the channels ${codes(channels)}${channels.length > 1 ? ', in this order' : ''}.`
}

/** One list cannot keep both priorities; a single package can still come from any channel. */
function givenUp({ file }: Environment, other: Environment, extra: readonly string[]): string {
  const list = `Give ${file} the channels ${codes(other.channels)}, as ${other.file} has them`
  const examples = extra.map(channel => `\`${channel}::package\``)
  return extra.length === 0
    ? `${list}; a single package can be asked for as \`channel::package\`.`
    : `${list}, and ask for each package that has to come from elsewhere as ${enumerate(examples, 'or')}.`
}
