import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A network between a run and its servers: each way takes time, and all share a line. */
export interface Network {
  /** The address at which a server of loopback is reached through it. */
  through(url: string): Promise<string>
  /**
   * The longest chain of round trips since the last call, where a request counts as caused by every answer that was there when
   * it was sent. A new connection counts two, as TCP and TLS 1.3 need.
   */
  takeRounds(): number
  close(): Promise<void>
}

export interface NetworkOptions {
  /** Of a round trip. */
  readonly milliseconds: number
  /** Each way, shared by all connections. */
  readonly bytesPerSecond: number
}

const SETUP = 2 // round trips of a new connection
const AHEAD = 20 // milliseconds that are read ahead, because timers are late

/** Starts it without any server. */
export function startNetwork({ milliseconds, bytesPerSecond }: NetworkOptions): Network {
  let answered = 0 // the round of the latest answer that has arrived
  const sockets = new Set<Socket>()
  const servers: ReturnType<typeof createServer>[] = []
  const lanes = { up: { free: 0 }, down: { free: 0 } }

  /** Moves what comes from one socket to the other: after its turn on the line, and half a round trip. */
  const carry = (
    from: Socket,
    to: Socket,
    lane: { free: number },
    ready: number,
    seen: () => void,
    came: () => void
  ) => {
    let last = Promise.resolve()
    const pump = async () => {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        seen()
        lane.free = Math.max(lane.free, performance.now()) + (chunk.length / bytesPerSecond) * 1000
        const arrival = Math.max(lane.free, ready) + milliseconds / 2
        last = last
          .then(() => until(arrival))
          .then(() => {
            came()
            to.write(chunk)
          })
        await until(lane.free - AHEAD)
      }
      await last
      to.end()
    }
    pump().catch(() => to.destroy())
  }

  const join = (client: Socket, port: number) => {
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    let round = answered + SETUP
    let isAsking = false
    for (const socket of [client, server]) sockets.add(socket.on('error', () => socket.destroy()))
    const ask = () => {
      if (!isAsking) round = Math.max(round, answered) + 1
      isAsking = true
    }
    const answer = () => {
      if (isAsking) answered = Math.max(answered, round)
      isAsking = false
    }
    const ready = performance.now() + SETUP * milliseconds
    carry(client, server, lanes.up, ready, ask, () => undefined)
    carry(server, client, lanes.down, 0, () => undefined, answer)
  }

  return {
    through: async url => {
      const { port, pathname } = new URL(url)
      const server = createServer({ allowHalfOpen: true, noDelay: true }, client => {
        join(client, Number(port))
      })
      servers.push(server)
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname === '/' ? '' : pathname}`
    },
    takeRounds: () => {
      const rounds = answered
      answered = 0
      return rounds
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
    }
  }
}

async function until(time: number): Promise<void> {
  const left = time - performance.now()
  if (left > 0.5) await sleep(left)
}
