import { request as httpRequest, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A forward proxy on loopback, which also is the name server of the networks that a test makes up. */
export interface ForwardProxy {
  /** Without credentials. */
  readonly url: string
  /** `HOST:PORT` of each request, in order. */
  readonly asked: string[]
  /** What it was asked to connect to or to fetch, and refused, in order. */
  readonly refused: string[]
  /** Answers everything with this status from now on; undefined lets all through again. */
  refuse(status: number | undefined): void
  close(): Promise<void>
}

export interface ForwardProxyOptions {
  /** Where a name (`HOST`, or `HOST:PORT`) leads: the address of a server on loopback. Others are asked as they are named. */
  readonly hosts?: Readonly<Record<string, string>>
  /** `USER:PASSWORD` that it wants to be told. */
  readonly credentials?: string
}

/** Starts a proxy for both kinds of requests: tunnels, and plain HTTP with a whole address. */
export async function startForwardProxy({ hosts = {}, credentials }: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const asked: string[] = []
  const refused: string[] = []
  const sockets = new Set<Duplex>()
  let refusal: number | undefined
  const statusFor = (request: IncomingMessage): number | undefined => {
    const wanted = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
    const status = refusal ?? (request.headers['proxy-authorization'] === wanted ? undefined : 407)
    if (status !== undefined) refused.push(request.url ?? '')
    return status
  }
  const place = (host: string, port: string): { host: string; port: number } => {
    asked.push(`${host}:${port}`)
    const known = hosts[`${host}:${port}`] ?? hosts[host]
    const url = known === undefined ? undefined : new URL(known)
    return url === undefined ? { host, port: Number(port) } : { host: url.hostname, port: Number(url.port) }
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const status = statusFor(request)
    if (status !== undefined) {
      response.writeHead(status).end('refused by the proxy')
      return
    }
    const url = new URL(request.url ?? '/', 'http://nowhere')
    const target = place(url.hostname, url.port === '' ? '80' : url.port)
    const { method, headers } = request
    const onward = httpRequest({ ...target, method, path: `${url.pathname}${url.search}`, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket)
    const status = statusFor(request)
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? []
    const onward: Socket = connect(place(host, port), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket)
      socket.pipe(onward)
    })
    sockets.add(onward)
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'))
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    refused,
    refuse: status => {
      refusal = status
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      })
  }
}
