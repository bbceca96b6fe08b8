import { isChannelName, uniteChannels } from '../environment/channels.js'
import type { Environment } from '../environment/parse.js'
import { findObstacle, type NetworkError } from '../runner/network.js'
import { proxyFor } from '../runner/proxy.js'
import { obstructed } from './explain-channel.js'

/** Names that are no channel of `channel-alias`. */
const NO_CHANNELS = ['defaults', 'nodefaults']

/**
 * Asks, before a solve, whether the proxies on the way to the channels let it through: of one that never answers the solver
 * would say so after minutes.
 * @throws SyncError of kind `solve` that names the proxy
 */
export async function checkProxies(environments: readonly Environment[], channelAlias: string): Promise<void> {
  const addresses = uniteChannels(environments, channelAlias)
    .filter(channel => !NO_CHANNELS.includes(channel))
    .map(channel => (isChannelName(channel) ? `${channelAlias}/${channel}` : channel))
  await Promise.all(
    addresses.map(async address => {
      const obstacle = await findProxyObstacle(address)
      if (obstacle !== undefined) throw obstructed(address, obstacle, { environments })
    })
  )
}

/** What a proxy has against an address, unless that was so for a moment only. */
async function findProxyObstacle(address: string): Promise<NetworkError | undefined> {
  if (!URL.canParse(address) || proxyFor(new URL(address), process.env) === undefined) return undefined
  const ask = async () => {
    const found = await findObstacle(address)
    return found?.obstacle === 'proxy' ? found : undefined
  }
  const first = await ask()
  return first === undefined || first.isFinal ? first : ask()
}
